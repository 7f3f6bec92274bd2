/** Resolved by build.ts to the one file of @grafana/runtime that its public face leaves out. */
declare module 'grafana-runtime/plugin-page' {
  import type { PluginPageProps } from '@grafana/runtime';
  export function setPluginPage(component: React.ComponentType<PluginPageProps>): void;
}

/** Of the @grafana packages that the console was built on. */
declare const grafanaVersion: string;
