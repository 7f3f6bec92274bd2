/** A copy in order of the key; what has no key comes last whichever way round, equals stay in their order. */
export function sorted<T>(
  items: readonly T[],
  keyOf: (item: T) => string | number | null,
  order: 'asc' | 'desc',
): T[] {
  const sign = order === 'asc' ? 1 : -1;
  return items
    .map((item) => ({ item, key: keyOf(item) }))
    .sort((a, b) => {
      if (a.key === null || b.key === null) return Number(a.key === null) - Number(b.key === null);
      return a.key < b.key ? -sign : a.key > b.key ? sign : 0;
    })
    .map(({ item }) => item);
}
