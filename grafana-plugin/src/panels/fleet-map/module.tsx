import { PanelPlugin } from '@grafana/data';
import { measures, type Measure } from '../../wall/wall-model.ts';
import { FleetMapPanel } from './fleet-map-panel.tsx';

export type FleetMapOptions = { measure: Measure; legend: boolean };

export const plugin = new PanelPlugin<FleetMapOptions>(FleetMapPanel).setPanelOptions((builder) =>
  builder
    .addRadio({
      path: 'measure',
      name: 'Colour hosts by',
      defaultValue: 'cpu',
      settings: {
        options: measures.map((value) => ({ value, label: value === 'soon' ? 'in 30 min' : value })),
      },
    })
    .addBooleanSwitch({ path: 'legend', name: 'Legend', defaultValue: true }),
);
