import { useFindings } from '../data/advice.ts';
import { FindingList } from './finding-list.tsx';
import { Loaded } from './loaded.tsx';

/** What is judged true now of one host (by name) or VM (by uuid). */
export function FindingsAbout({ subject, now }: { subject: string; now: number }) {
  const findings = useFindings({ subject });
  return (
    <section aria-label="Findings">
      <h3>Findings</h3>
      <Loaded query={findings} what="the findings" height={30}>
        {({ items }) => <FindingList findings={items} now={now} />}
      </Loaded>
    </section>
  );
}
