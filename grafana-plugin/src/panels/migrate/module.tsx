import { PanelPlugin } from '@grafana/data';
import { MigratePanel } from './migrate-panel.tsx';

export type MigrateOptions = { show: 'recommendations' | 'vms'; most: number };

export const plugin = new PanelPlugin<MigrateOptions>(MigratePanel).setPanelOptions((builder) =>
  builder
    .addRadio({
      path: 'show',
      name: 'Show',
      defaultValue: 'recommendations',
      settings: {
        options: [
          { value: 'recommendations', label: 'Recommendations' },
          { value: 'vms', label: 'VMs of the query' },
        ],
      },
      description: 'A query for VMs needs a field or a label named uuid.',
    })
    .addNumberInput({
      path: 'most',
      name: 'At most',
      defaultValue: 10,
      settings: { min: 1, max: 200, integer: true },
    }),
);
