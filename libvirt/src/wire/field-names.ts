import { type StatsPlace, statsPlaces } from './domain-stats-fields.ts';

/** A field name seen on the wire, resolved to its place. */
export interface ResolvedField {
  readonly place: StatsPlace;
  readonly type: number;
  readonly property: string;
  readonly index: number;
}

interface KnownName extends ResolvedField {
  /** The name that followed last time: hosts report fields in the same order over and over. */
  next: KnownName | undefined;
  readonly length: number;
  /** The name as it stands in the packet: padded with zeros, cut into words. */
  readonly words: Uint32Array;
}

const patterns = new Map<string, Omit<ResolvedField, 'index'>>();
for (const place of statsPlaces) {
  for (const [suffix, type, property] of place.fields)
    patterns.set(place.prefix + suffix, { place, type, property });
}

const indexed = /^([a-z]+)\.(0|[1-9]\d{0,4})\.(.+)$/;

/** The place of a field by its name. */
export function resolveField(name: string): ResolvedField | undefined {
  const match = indexed.exec(name);
  const pattern = patterns.get(match ? `${match[1]!}.#.${match[3]!}` : name);
  return pattern && { ...pattern, index: match ? Number(match[2]) : 0 };
}

const SLOTS = 16_384;
/** Half of the slots stay free, so that a search always ends soon; names beyond are resolved the slow way. */
const NAMES_MAX = SLOTS / 2;
const LONGEST_BYTES = 64;

/**
 * Finds field names by their bytes in the packet, without making a string of each: a fleet sends the same few thousand
 * names over and over. A hash table of the words that XDR's padding makes of a name.
 */
export class FieldNames {
  readonly #slots = new Array<KnownName | undefined>(SLOTS).fill(undefined);
  #count = 0;
  #last: KnownName | undefined;

  get size(): number {
    return this.#count;
  }

  find(bytes: Buffer, view: DataView, at: number, length: number): ResolvedField | undefined {
    const guess = this.#last?.next;
    if (guess?.length === length && sameWords(guess.words, view, at)) {
      this.#last = guess;
      return guess;
    }
    if (length > LONGEST_BYTES || length === 0) return undefined;
    return this.#search(bytes, view, at, length);
  }

  #search(bytes: Buffer, view: DataView, at: number, length: number): ResolvedField | undefined {
    const words = (length + 3) >> 2;
    let hash = length;
    for (let i = 0; i < words; i++) {
      hash = Math.imul(hash ^ view.getUint32(at + i * 4), 0x9e37_79b1);
      // A product carries upwards only; this brings what the last letters did back down.
      hash ^= hash >>> 15;
    }
    let slot = hash & (SLOTS - 1);
    for (;;) {
      const known = this.#slots[slot];
      if (known === undefined) return this.#learn(bytes, view, at, length, slot);
      if (known.length === length && sameWords(known.words, view, at)) {
        if (this.#last !== undefined) this.#last.next = known;
        this.#last = known;
        return known;
      }
      slot = (slot + 1) & (SLOTS - 1);
    }
  }

  #learn(bytes: Buffer, view: DataView, at: number, length: number, slot: number): ResolvedField | undefined {
    const resolved = resolveField(bytes.toString('latin1', at, at + length));
    if (resolved === undefined || this.#count >= NAMES_MAX) return resolved;
    const words = new Uint32Array((length + 3) >> 2);
    for (let i = 0; i < words.length; i++) words[i] = view.getUint32(at + i * 4);
    this.#count += 1;
    this.#slots[slot] = { ...resolved, next: undefined, length, words };
    return resolved;
  }
}

function sameWords(words: Uint32Array, view: DataView, at: number): boolean {
  for (let i = 0; i < words.length; i++) if (words[i] !== view.getUint32(at + i * 4)) return false;
  return true;
}
