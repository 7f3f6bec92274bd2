import { PluginPage } from '@grafana/runtime';
import { Stack } from '@grafana/ui';
import { ConnectionBadge } from '../components/connection-badge.tsx';
import { FindingList } from '../components/finding-list.tsx';
import { FindingTimeline } from '../components/finding-timeline.tsx';
import { Loaded } from '../components/loaded.tsx';
import { Measured } from '../components/measured.tsx';
import { TimeSpanPicker, useTimeSpan } from '../components/time-span.tsx';
import { useNow } from '../components/use-now.ts';
import { useFindings } from '../data/advice.ts';

export default function FindingsPage() {
  const { span, range, setRaw } = useTimeSpan();
  const now = useNow();
  const current = useFindings();
  const past = useFindings({ past: true, ...span });
  return (
    <PluginPage
      pageNav={{ text: 'Findings' }}
      actions={
        <>
          <ConnectionBadge />
          <TimeSpanPicker range={range} onChange={setRaw} />
        </>
      }
    >
      <Stack direction="column" gap={2}>
        <section aria-label="True now">
          <h3>True now</h3>
          <Loaded
            query={current}
            what="the findings"
            height={160}
            empty={({ items }) =>
              items.length === 0
                ? { message: 'All is well', advice: 'No host is hot, cold, abrupt or without data.' }
                : null
            }
          >
            {({ items }) => <FindingList findings={items} now={now} />}
          </Loaded>
        </section>
        <section aria-label="Timeline">
          <h3>Timeline</h3>
          <Loaded query={past} what="the past findings" height={300}>
            {({ items }) => (
              <Measured minHeight={320}>
                {(width) => (
                  <FindingTimeline
                    findings={[...(current.data?.items ?? []), ...items]}
                    span={span}
                    width={width}
                  />
                )}
              </Measured>
            )}
          </Loaded>
        </section>
      </Stack>
    </PluginPage>
  );
}
