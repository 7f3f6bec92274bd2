import { describeMigrating } from './migrate-spec.ts';
import { describePages } from './pages-spec.ts';

// The same build of the app, the same specs, on the packages of Grafana 13.2 with React 19.
describePages('console-grafana-13');
describeMigrating('console-grafana-13', { everyEnd: false });
