import { dateMath, dateTime, type RawTimeRange, type TimeRange } from '@grafana/data';
import { TimeRangePicker } from '@grafana/ui';
import { useMemo } from 'react';
import { useSearchParams } from 'react-router-dom';
import type { Span } from '../data/fleet.ts';
import { useNow } from './use-now.ts';

const fallback = { from: 'now-1h', to: 'now' };

/** The page's time range lives in the address, so that a link shows what its sender saw. */
export function useTimeSpan(): { span: Span; range: TimeRange; setRaw: (raw: RawTimeRange) => void } {
  const [search, setSearch] = useSearchParams();
  const now = useNow(15_000);
  const from = search.get('from') ?? fallback.from;
  const to = search.get('to') ?? fallback.to;
  const range = useMemo<TimeRange>(() => {
    const moment = (text: string, end: boolean) =>
      /^\d+$/.test(text)
        ? dateTime(Number(text))
        : (dateMath.toDateTime(text, { roundUp: end, now: dateTime(now) }) ?? dateTime(now));
    return { from: moment(from, false), to: moment(to, true), raw: { from, to } };
  }, [from, to, now]);
  const setRaw = (raw: RawTimeRange) => {
    const text = (value: RawTimeRange['from']): string =>
      typeof value === 'string' ? value : String(value.valueOf());
    setSearch(
      (search) => {
        search.set('from', text(raw.from));
        search.set('to', text(raw.to));
        return search;
      },
      { replace: true },
    );
  };
  // Whole quarter minutes: a query key that changed with every render would ask without end.
  const whole = (value: number): number => Math.floor(value / 15_000) * 15_000;
  return { span: { from: whole(range.from.valueOf()), to: whole(range.to.valueOf()) }, range, setRaw };
}

export function TimeSpanPicker({
  range,
  onChange,
}: {
  range: TimeRange;
  onChange: (raw: RawTimeRange) => void;
}) {
  const shift = (factor: number) => {
    const length = range.to.valueOf() - range.from.valueOf();
    onChange({
      from: dateTime(range.from.valueOf() + factor * length),
      to: dateTime(range.to.valueOf() + factor * length),
    });
  };
  return (
    <TimeRangePicker
      value={range}
      timeZone="browser"
      onChange={(next) => {
        onChange(next.raw);
      }}
      onChangeTimeZone={() => undefined}
      onMoveBackward={() => {
        shift(-0.5);
      }}
      onMoveForward={() => {
        shift(0.5);
      }}
      onZoom={() => {
        const length = range.to.valueOf() - range.from.valueOf();
        onChange({
          from: dateTime(range.from.valueOf() - length / 2),
          to: dateTime(Math.min(Date.now(), range.to.valueOf() + length / 2)),
        });
      }}
    />
  );
}
