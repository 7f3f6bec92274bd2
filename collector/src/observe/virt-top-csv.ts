/** One line of `virt-top --csv`: the host's figures and those of its active VMs. */
export type VirtTopRow = {
  /** Seconds since midnight, the host's local time. */
  readonly timeOfDay: number | null;
  readonly physicalCpus: number;
  /** Share of all the host's CPUs, 0..1. */
  readonly cpuShare: number;
  readonly vms: readonly VirtTopVm[];
};

export type VirtTopVm = {
  readonly id: number;
  readonly name: string;
  /** Share of all the host's CPUs, 0..1. */
  readonly cpuShare: number | null;
  readonly memBytes: number | null;
  /** Since the line before. */
  readonly blockRead: number | null;
  readonly blockWritten: number | null;
  /** Bytes with --block-in-bytes, else requests. */
  readonly blockUnit: 'bytes' | 'requests';
  readonly netReceived: number | null;
  readonly netSent: number | null;
};

/** Reads the output of `virt-top --csv` as it grows; text may be cut anywhere. */
export class VirtTopCsv {
  #rest = '';
  #header: string[] | null = null;

  /** Rows that became complete. A new header, as after a restart of virt-top, is taken as such. */
  take(text: string): VirtTopRow[] {
    const rows: VirtTopRow[] = [];
    this.#rest += text;
    for (;;) {
      const end = endOfRecord(this.#rest);
      if (end < 0) return rows;
      const fields = fieldsOf(this.#rest.slice(0, end));
      this.#rest = this.#rest.slice(end + 1);
      if (fields[0] === 'Hostname') this.#header = fields;
      else if (this.#header !== null && fields.length > 1) rows.push(rowOf(fields, this.#header));
    }
  }

  /** Forgets a record that was cut, as when the file was replaced. */
  reset(): void {
    this.#rest = '';
  }
}

/** The newline that ends the record; one inside quotes belongs to a name. */
function endOfRecord(text: string): number {
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '"') quoted = !quoted;
    else if (character === '\n' && !quoted) return at;
  }
  return -1;
}

function fieldsOf(record: string): string[] {
  const fields: string[] = [];
  let at = 0;
  const line = record.endsWith('\r') ? record.slice(0, -1) : record;
  while (at <= line.length) {
    if (line[at] === '"') {
      let field = '';
      for (at++; at < line.length; at++) {
        if (line[at] !== '"') field += line[at]!;
        else if (line[at + 1] === '"') field += line[at++]!;
        else break;
      }
      fields.push(field);
      at += 2;
    } else {
      const comma = line.indexOf(',', at);
      const end = comma < 0 ? line.length : comma;
      fields.push(line.slice(at, end));
      at = end + 1;
    }
  }
  return fields;
}

function rowOf(fields: readonly string[], header: readonly string[]): VirtTopRow {
  const first = header.indexOf('Domain ID');
  const names = header.slice(first);
  const vms: VirtTopVm[] = [];
  for (let at = first; first >= 0 && at + names.length <= fields.length; at += names.length) {
    const field = (name: string) => {
      const place = names.indexOf(name);
      return place < 0 ? '' : fields[at + place]!;
    };
    const number = (name: string) => numberOf(field(name));
    const percent = number('%CPU');
    const blockUnit = names.includes('Block RDBY') ? 'bytes' : 'requests';
    vms.push({
      id: number('Domain ID') ?? -1,
      name: field('Domain name'),
      cpuShare: percent === null ? null : percent / 100,
      memBytes: number('Mem (bytes)'),
      blockRead: number(blockUnit === 'bytes' ? 'Block RDBY' : 'Block RDRQ'),
      blockWritten: number(blockUnit === 'bytes' ? 'Block WRBY' : 'Block WRRQ'),
      blockUnit,
      netReceived: number('Net RXBY'),
      netSent: number('Net TXBY'),
    });
  }
  const summary = (name: string) => fields[header.indexOf(name)] ?? '';
  const time = /^(\d+):(\d+):(\d+)$/.exec(summary('Time'));
  return {
    timeOfDay: time === null ? null : Number(time[1]) * 3600 + Number(time[2]) * 60 + Number(time[3]),
    physicalCpus: numberOf(summary('Physical CPUs')) ?? 0,
    cpuShare: (numberOf(summary('%CPU')) ?? 0) / 100,
    vms,
  };
}

function numberOf(text: string): number | null {
  const value = Number(text);
  return text.trim() === '' || !Number.isFinite(value) ? null : value;
}
