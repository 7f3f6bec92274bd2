import { createElement, Fragment, type ElementType, type Key } from 'react';

/**
 * Grafana shares react/jsx-runtime only from 12.3 on, and a copy of our own would make elements that another React
 * does not know. `createElement` of the host's React makes the right ones everywhere.
 */
function make(type: ElementType, props: Record<string, unknown>, key: Key | undefined, spread: boolean) {
  const { children, ...rest } = props;
  const given = key === undefined ? rest : { ...rest, key };
  if (children === undefined) return createElement(type, given);
  if (spread && Array.isArray(children)) return createElement(type, given, ...(children as never[]));
  return createElement(type, given, children as never);
}

export const jsx = (type: ElementType, props: Record<string, unknown>, key?: Key) =>
  make(type, props, key, false);
export const jsxs = (type: ElementType, props: Record<string, unknown>, key?: Key) =>
  make(type, props, key, true);
export { Fragment };
