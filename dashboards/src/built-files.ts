import { stringify } from 'yaml';
import { ruleFile } from './alert-rules.ts';
import { collectorHealthBoard } from './boards/collector-health.ts';
import { consolidationBoard } from './boards/consolidation.ts';
import { hostBoardOf } from './boards/host.ts';
import { migrationsBoard } from './boards/migrations.ts';
import { nocBoard } from './boards/noc.ts';
import { vmBoardOf } from './boards/vm.ts';

const boards = [nocBoard, hostBoardOf, vmBoardOf, consolidationBoard, migrationsBoard, collectorHealthBoard];

const heading =
  '# Built by: npm run build -w @evenkeel/dashboards. Change dashboards/src/alert-rules.ts instead.\n';

/** What is built from this folder, by path from the project's root. */
export function builtFiles(): ReadonlyMap<string, string> {
  const files = new Map(
    boards.map((make) => {
      const built = make().build();
      return [`dashboards/json/${built.uid ?? ''}.json`, `${JSON.stringify(built, null, 2)}\n`];
    }),
  );
  files.set(
    'provisioning/grafana/alerting/rules.yaml',
    heading + stringify(ruleFile(), { lineWidth: 0, aliasDuplicateObjects: false, singleQuote: true }),
  );
  return files;
}
