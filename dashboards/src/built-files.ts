import { stringify } from 'yaml';
import { ruleFile } from './alert-rules.ts';
import { collectorHealthBoard } from './boards/collector-health.ts';
import { consolidationBoard } from './boards/consolidation.ts';
import { hostBoardOf } from './boards/host.ts';
import { migrationsBoard } from './boards/migrations.ts';
import { nocBoard } from './boards/noc.ts';
import { vmBoardOf } from './boards/vm.ts';
import { graphiteBoard, hasGraphiteVariant } from './graphite-board.ts';

const boards = [nocBoard, hostBoardOf, vmBoardOf, consolidationBoard, migrationsBoard, collectorHealthBoard];

const heading =
  '# Built by: npm run build -w @evenkeel/dashboards. Change dashboards/src/alert-rules.ts instead.\n';

/** What is built from this folder, by path from the project's root. */
export function builtFiles(): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  const set = (folder: string, name: string, board: object): void => {
    files.set(`dashboards/${folder}/${name}.json`, `${JSON.stringify(board, null, 2)}\n`);
  };
  for (const make of boards) {
    const built = make().build();
    const uid = built.uid ?? '';
    set('json', uid, built);
    if (hasGraphiteVariant(built)) set('graphite', uid, graphiteBoard(built));
  }
  files.set(
    'provisioning/grafana/alerting/rules.yaml',
    heading + stringify(ruleFile(), { lineWidth: 0, aliasDuplicateObjects: false, singleQuote: true }),
  );
  return files;
}
