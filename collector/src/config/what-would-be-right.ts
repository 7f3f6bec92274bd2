import type { TSchema } from 'typebox';
import type { Value } from 'typebox/value';

type Path = (string | number)[];
type ValidationError = ReturnType<typeof Value.Errors>[number];
type Located = { readonly path: Path; readonly message: string };
/** The parts of a JSON schema that sentences are made of. */
type SchemaNode = {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly items?: SchemaNode;
};

/** Says of one schema violation, in plain words, what was given and what would be right. */
export function whatWouldBeRight(schema: TSchema, error: ValidationError, root: unknown): Located[] {
  const path = pathOf(error.instancePath, root);
  const node = nodeAt(schema, path);
  const name = path.length === 0 ? 'the file' : nameOf(path);
  const given = show(valueAt(root, path));
  const hint = node?.description === undefined ? '' : ` (${node.description})`;
  const say = (message: string): Located[] => [{ path, message }];
  switch (error.keyword) {
    case 'additionalProperties':
      return error.params.additionalProperties.map((key) => ({
        path: [...path, key],
        message: unknownKey(key, path, Object.keys(node?.properties ?? {})),
      }));
    case 'required':
      return error.params.requiredProperties.map((key) => ({
        path,
        message: `${nameOf([...path, key])} is missing${describe(node?.properties?.[key])}`,
      }));
    case 'minimum':
    case 'maximum':
    case 'exclusiveMinimum':
    case 'exclusiveMaximum':
      return say(`${name} must be ${error.params.comparison} ${error.params.limit}, but is ${given}${hint}`);
    case 'enum':
      return say(
        `${name} must be one of ${error.params.allowedValues.map(show).join(', ')}, but is ${given}`,
      );
    case 'type':
      return say(
        `${name} must be ${article([error.params.type].flat().join(' or '))}, but is ${given}${hint}`,
      );
    case 'minLength':
      return say(`${name} must not be empty${hint}`);
    case 'pattern':
      return say(
        `${name} must be ${node?.description ?? `text like ${node?.pattern ?? 'the pattern'}`}${examples(node)}, but is ${given}`,
      );
    case 'boolean':
      return []; // the same fact as additionalProperties, told a second time by the validator
    default:
      return say(`${name} ${error.message}, but is ${given}`);
  }
}

function unknownKey(key: string, path: Path, known: readonly string[]): string {
  const where = path.length === 0 ? 'here' : `in ${nameOf(path)}`;
  if (['password', 'token', 'secret'].includes(key))
    return `"${key}" must not stand in this file; use ${key}File or ${key}Env, so that the secret comes from a file or the environment`;
  const near = known
    .map((name) => ({ name, distance: editDistance(key.toLowerCase(), name.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance)[0];
  const guess =
    near !== undefined && near.distance <= Math.max(2, key.length / 3) ? `did you mean "${near.name}"? ` : '';
  return `"${key}" is not known ${where}; ${guess}known are ${known.join(', ')}`;
}

function describe(node: SchemaNode | undefined): string {
  if (node === undefined) return '';
  const kind = node.enum === undefined ? node.type : `one of ${node.enum.map(show).join(', ')}`;
  return `; give ${article(kind ?? 'value')}${node.description === undefined ? '' : ` (${node.description})`}`;
}

const examples = (node: SchemaNode | undefined): string =>
  node?.pattern?.includes('(s|m|h|d|w)') === true ? ', a number and one of s m h d w, e.g. 7d' : '';

const article = (kind: string): string =>
  kind.startsWith('one of') ? kind : /^[aeio]/.test(kind) ? `an ${kind}` : `a ${kind}`;

const nameOf = (path: Path): string =>
  path.reduce<string>(
    (name, part) => (typeof part === 'number' ? `${name}[${part}]` : name === '' ? part : `${name}.${part}`),
    '',
  );

function pathOf(pointer: string, root: unknown): Path {
  const path: Path = [];
  let value = root;
  for (const raw of pointer.split('/').slice(1)) {
    const part = raw.replaceAll('~1', '/').replaceAll('~0', '~');
    path.push(Array.isArray(value) ? Number(part) : part);
    value = (value as Record<string, unknown> | undefined)?.[part];
  }
  return path;
}

const valueAt = (root: unknown, path: Path): unknown =>
  path.reduce<unknown>((value, part) => (value as Record<string, unknown> | undefined)?.[part], root);

const nodeAt = (schema: SchemaNode, path: Path): SchemaNode | undefined =>
  path.reduce<SchemaNode | undefined>(
    (node, part) => (typeof part === 'number' ? node?.items : node?.properties?.[part]),
    schema,
  );

const show = (value: unknown): string => {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
};

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next[j] = Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1));
    row = next;
  }
  return row[b.length]!;
}
