import { Badge } from '@grafana/ui';
import { useConnection } from '../data/live.ts';

const words = {
  connecting: { text: 'connecting', color: 'blue', tooltip: 'Waiting for the first event of the collector' },
  live: { text: 'live', color: 'green', tooltip: 'Changes arrive as they happen' },
  polling: {
    text: 'polling',
    color: 'orange',
    tooltip: 'Events do not arrive; the page asks every few seconds instead',
  },
} as const;

/** Says whether what is on the page is as fresh as it looks. */
export function ConnectionBadge() {
  const connection = useConnection();
  const { text, color, tooltip } = words[connection];
  return <Badge text={text} color={color} tooltip={tooltip} data-testid="evenkeel-connection" />;
}
