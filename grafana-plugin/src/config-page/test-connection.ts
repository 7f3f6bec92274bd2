import { CollectorError, read } from '../data/collector.ts';

type Me = { name: string; role: string; via: string };

export type Verdict = { severity: 'success' | 'warning' | 'error'; title: string; advice: string };

/** Asks the collector who we are, through the same route that every page uses, and says what the answer means. */
export async function testConnection(): Promise<Verdict> {
  try {
    const me = await read<Me>('me');
    if (me.via !== 'grafana') {
      return {
        severity: 'warning',
        title: `The collector answers, but it cannot tell who is asking: it sees the token “${me.name}”`,
        advice:
          'Nobody can act until Grafana signs who its users are. Switch on identity forwarding (feature toggle idForwarding) and give the collector the URL of this Grafana in its configuration (grafana.url).',
      };
    }
    return {
      severity: 'success',
      title: `The collector answers and knows you as ${me.name} (${me.role})`,
      advice: 'Everything is in place.',
    };
  } catch (error) {
    return explain(error);
  }
}

function explain(error: unknown): Verdict {
  const status = error instanceof CollectorError ? error.status : 0;
  const fromCollector = error instanceof CollectorError && error.problem?.title !== undefined;
  const severity = 'error';
  switch (status) {
    case 401:
      return {
        severity,
        title: 'The collector does not know this token',
        advice:
          'Make one with “evenkeel token create grafana --role admin --grafana” on the collector’s machine, paste it above and save.',
      };
    case 403:
      return {
        severity,
        title: 'The collector knows the token, but refuses it this',
        advice: error instanceof Error ? error.message : '',
      };
    case 404:
      return fromCollector
        ? {
            severity,
            title: 'This collector is too old for the app',
            advice: 'Update the collector to the app’s version.',
          }
        : {
            severity,
            title: 'Something answers at this URL, but it is not an Evenkeel collector',
            advice: 'Check host and port: the collector’s log names the address that it listens on.',
          };
    case 429:
      return {
        severity,
        title: 'The collector is asked too often',
        advice: 'Wait a minute; then look who is asking.',
      };
    case 502:
    case 503:
    case 504:
      return {
        severity,
        title: 'Grafana cannot reach the collector at this URL',
        advice:
          'Is it running, and may Grafana’s machine connect to it? A collector listens on loopback only unless api.listen says otherwise. With https, Grafana must trust its certificate.',
      };
    case 0:
      return {
        severity,
        title: 'Grafana itself cannot be reached',
        advice: 'Check the network and try again.',
      };
    default:
      return {
        severity,
        title: `The collector answered HTTP ${String(status)}`,
        advice: error instanceof Error ? error.message : 'Look into the collector’s log.',
      };
  }
}
