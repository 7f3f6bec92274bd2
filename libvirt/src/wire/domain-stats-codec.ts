import type { Codec } from '../xdr/codec.ts';
import type { XdrReader } from '../xdr/xdr-reader.ts';
import { text } from '../xdr/text.ts';
import { domainRef } from './domain-ref.ts';
import { DomainStats } from './domain-stats.ts';
import { FieldNames } from './field-names.ts';
import { flattenDomainStats } from './flatten-domain-stats.ts';
import { readParameterValue, typedParameter, typedParameters } from './typed-parameter.ts';

/** The limit that the protocol sets for one domain. */
const PARAMETERS_MAX = 262_144;
const PARAMETER_MIN_BYTES = 12;
const NAME_MAX = 4_194_304;

const parameters = typedParameters(PARAMETERS_MAX);
const names = new FieldNames();

/**
 * struct remote_domain_stats_record { remote_nonnull_domain dom; remote_typed_param params<262144>; }
 *
 * Read straight into the typed record in one pass over the bytes.
 */
export const domainStatsRecord: Codec<DomainStats> = {
  minBytes: domainRef.minBytes + 4,
  has64: true,
  encode(writer, stats) {
    domainRef.encode(writer, stats.domain);
    parameters.encode(writer, flattenDomainStats(stats));
  },
  decode(reader) {
    const stats = new DomainStats(domainRef.decode(reader));
    const count = reader.count(PARAMETERS_MAX, 'a list of parameters');
    if (count * PARAMETER_MIN_BYTES > reader.remaining) {
      throw reader.malformed(`a list claims ${count} parameters, ${reader.remaining} bytes are left`);
    }
    for (let i = 0; i < count; i++) readField(reader, stats);
    return stats;
  },
};

function readField(reader: XdrReader, stats: DomainStats): void {
  const start = reader.offset;
  const length = reader.count(NAME_MAX, 'a field name');
  const at = reader.padded(length);
  const type = reader.i32();
  const field = names.find(reader.bytes, reader.view, at, length);
  if (field?.type === type) {
    const target = field.place.find(stats, field.index, true);
    if (target !== undefined) {
      target[field.property] = readParameterValue(reader, type);
      return;
    }
  }
  // A field without a place, or with another type than the place is made for: kept as it came.
  reader.offset = start;
  const name = text.decode(reader);
  stats.other.push(typedParameter(name, reader.i32(), readParameterValue(reader, type)));
}
