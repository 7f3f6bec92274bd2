import { Type, type TSchema } from 'typebox';

export const pageLimit = 1000;

/** What every list takes. */
export const PageQuery = {
  limit: Type.Integer({ minimum: 1, maximum: pageLimit, default: 100 }),
  offset: Type.Integer({ minimum: 0, default: 0 }),
};
export type PageQuery = { readonly limit: number; readonly offset: number };

/** What every list answers: a slice, and how many there are in all. */
export const pageOf = <T extends TSchema>(item: T) =>
  Type.Object({
    total: Type.Integer({ minimum: 0, description: 'how many match, of which `items` is a slice' }),
    offset: Type.Integer({ minimum: 0 }),
    items: Type.Array(item),
  });

export const SnapshotMark = {
  at: Type.Integer({ description: 'when the snapshot was taken, milliseconds since 1970' }),
  sequence: Type.Integer({ minimum: 0, description: 'number of the snapshot' }),
};

export function page<T>(
  items: readonly T[],
  query: PageQuery,
): { total: number; offset: number; items: T[] } {
  return {
    total: items.length,
    offset: query.offset,
    items: items.slice(query.offset, query.offset + query.limit),
  };
}
