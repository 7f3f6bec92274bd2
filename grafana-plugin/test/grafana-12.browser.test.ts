import { describeMigrating } from './migrate-spec.ts';
import { describePages } from './pages-spec.ts';

// The console as it is delivered: the packages of Grafana 12.4, with React 18.
describePages('console');
describeMigrating('console');
