import { css } from '@emotion/css';
import { Field } from '@grafana/ui';
import type { ComponentPropsWithoutRef } from 'react';

/** A field without the margin below it: Grafana's own `noMargin` is not in 11.6 yet. */
export function FlushField(props: ComponentPropsWithoutRef<typeof Field>) {
  return <Field {...props} className={flush} />;
}

const flush = css({ marginBottom: 0 });
