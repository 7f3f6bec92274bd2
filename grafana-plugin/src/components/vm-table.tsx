import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Badge, FilterInput, useStyles2, type BadgeColor } from '@grafana/ui';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useMemo, useRef, useState, type ReactNode } from 'react';
import { Link } from 'react-router-dom';
import type { VmView } from '../data/api.ts';
import { appPath } from '../plugin-id.ts';
import { VmSparkline } from './vm-sparkline.tsx';
import { bytes, percent, when } from './words.ts';

type Column = {
  key: string;
  title: string;
  width: string;
  sort: (vm: VmView) => number | string;
  cell: (vm: VmView, now: number) => ReactNode;
};

const classColor: Record<string, BadgeColor> = { low: 'blue', medium: 'orange', high: 'red' };
const last = -1;

const columns: readonly Column[] = [
  {
    key: 'name',
    title: 'VM',
    width: 'minmax(160px, 2fr)',
    sort: (vm) => vm.name,
    cell: (vm) => <Link to={`${appPath}/vms/${vm.uuid}`}>{vm.name}</Link>,
  },
  {
    key: 'class',
    title: 'Class',
    width: '90px',
    sort: (vm) => ['low', 'medium', 'high'].indexOf(vm.loadClass ?? ''),
    cell: (vm) =>
      vm.loadClass === null ? (
        'not yet'
      ) : (
        <Badge text={vm.loadClass} color={classColor[vm.loadClass] ?? 'blue'} />
      ),
  },
  {
    key: 'trend',
    title: 'CPU, last hour',
    width: '120px',
    sort: (vm) => vm.load.cpu ?? last,
    cell: (vm) => <VmSparkline uuid={vm.uuid} />,
  },
  {
    key: 'cpu',
    title: 'CPU',
    width: '80px',
    sort: (vm) => vm.load.cpu ?? last,
    cell: (vm) => percent(vm.load.cpu),
  },
  {
    key: 'mem',
    title: 'Memory',
    width: '90px',
    sort: (vm) => vm.load.mem ?? last,
    cell: (vm) => percent(vm.load.mem),
  },
  {
    key: 'pressure',
    title: 'Pressure',
    width: '90px',
    sort: (vm) => vm.pressure ?? last,
    cell: (vm) => percent(vm.pressure, 1),
  },
  {
    key: 'size',
    title: 'Size',
    width: '110px',
    sort: (vm) => vm.memory.maximumBytes,
    cell: (vm) => `${String(vm.vcpus)} × ${bytes(vm.memory.maximumBytes)}`,
  },
  {
    key: 'change',
    title: 'About to be',
    width: 'minmax(120px, 1fr)',
    sort: (vm) => vm.classChange?.probability ?? last,
    cell: (vm, now) =>
      vm.classChange === null
        ? ''
        : `${vm.classChange.to} ${when(vm.classChange.when, now)} (${percent(vm.classChange.probability)})`,
  },
];

const rowHeight = 34;
const template = columns.map(({ width }) => width).join(' ');

/** Only the rows in view exist, so a host with a thousand VMs scrolls like one with ten. */
export function VmTable({ vms, now }: { vms: readonly VmView[]; now: number }) {
  const styles = useStyles2(getStyles);
  const [filter, setFilter] = useState('');
  const [order, setOrder] = useState({ key: 'cpu', descending: true });
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useMemo(() => {
    const column = columns.find(({ key }) => key === order.key) ?? columns[0]!;
    const wanted = filter.toLowerCase();
    const found = vms.filter(({ name }) => name.toLowerCase().includes(wanted));
    found.sort((a, b) => {
      const [left, right] = [column.sort(a), column.sort(b)];
      const difference =
        typeof left === 'string' ? left.localeCompare(right as string) : left - (right as number);
      return order.descending ? -difference : difference;
    });
    return found;
  }, [vms, filter, order]);
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 8,
  });
  return (
    <div>
      <FilterInput
        placeholder="Filter by name"
        value={filter}
        onChange={setFilter}
        aria-label="Filter VMs by name"
      />
      <div
        ref={scroller}
        className={styles.scroller}
        role="table"
        aria-label="VMs"
        aria-rowcount={rows.length + 1}
        tabIndex={0}
      >
        <div role="row" className={styles.head} style={{ gridTemplateColumns: template }}>
          {columns.map(({ key, title }) => (
            <div
              key={key}
              role="columnheader"
              aria-sort={order.key === key ? (order.descending ? 'descending' : 'ascending') : 'none'}
            >
              <button
                type="button"
                onClick={() => {
                  setOrder((now) => ({
                    key,
                    descending: now.key === key ? !now.descending : key !== 'name',
                  }));
                }}
              >
                {title} {order.key === key ? (order.descending ? '↓' : '↑') : ''}
              </button>
            </div>
          ))}
        </div>
        <div role="rowgroup" style={{ height: virtualizer.getTotalSize(), position: 'relative' }}>
          {virtualizer.getVirtualItems().map(({ index, start }) => {
            const vm = rows[index]!;
            return (
              <div
                key={vm.uuid}
                role="row"
                aria-rowindex={index + 2}
                className={styles.row}
                style={{ transform: `translateY(${String(start)}px)`, gridTemplateColumns: template }}
              >
                {columns.map(({ key, cell }) => (
                  <div key={key} role="cell">
                    {cell(vm, now)}
                  </div>
                ))}
              </div>
            );
          })}
        </div>
      </div>
      {rows.length === 0 && <p>{vms.length === 0 ? 'No VM runs here.' : 'No VM has this in its name.'}</p>}
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  scroller: css({
    maxHeight: 480,
    overflow: 'auto',
    marginTop: theme.spacing(1),
    border: `1px solid ${theme.colors.border.weak}`,
  }),
  head: css({
    position: 'sticky',
    top: 0,
    zIndex: 1,
    display: 'grid',
    background: theme.colors.background.secondary,
    button: {
      all: 'unset',
      cursor: 'pointer',
      padding: theme.spacing(0.75, 1),
      fontWeight: theme.typography.fontWeightMedium,
      '&:focus-visible': { outline: `2px solid ${theme.colors.primary.border}` },
    },
  }),
  row: css({
    position: 'absolute',
    insetInline: 0,
    height: rowHeight,
    display: 'grid',
    alignItems: 'center',
    borderBottom: `1px solid ${theme.colors.border.weak}`,
    '> div': {
      padding: theme.spacing(0, 1),
      overflow: 'hidden',
      textOverflow: 'ellipsis',
      whiteSpace: 'nowrap',
    },
  }),
});
