/** Names that virsh, InfluxDB or Graphite might stumble over. */
export const oddNames = [
  'plain',
  'with space',
  'comma,equals=quote"apostrophe\'',
  'back\\slash\\',
  'new\nline',
  'percent%41',
  'tab\tand\rreturn',
  'Ünïcödé-雪-🙂',
  'dots.and/slashes',
  'x'.repeat(250),
  '雪'.repeat(250),
];
