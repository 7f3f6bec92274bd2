import 'systemjs/dist/system.js';
import 'systemjs/dist/extras/amd.js';
import type { AppPlugin, PanelPlugin } from '@grafana/data';
import { sharedModules } from './shared-modules.ts';

type SystemLoader = {
  import: (url: string) => Promise<{ plugin?: unknown }>;
  set: (id: string, module: object) => void;
  has: (id: string) => boolean;
  constructor: { prototype: { resolve: (id: string, parent?: string) => string } };
};

declare const System: SystemLoader;

const shared = (name: string): string => `shared:${name}`;

const prototype = System.constructor.prototype;
const resolveUrl = prototype.resolve.bind(prototype);
prototype.resolve = function resolve(this: SystemLoader, id: string, parent?: string): string {
  if (id in sharedModules) return shared(id);
  if (id.startsWith('.') || id.startsWith('/') || id.includes(':')) return resolveUrl.call(this, id, parent);
  throw new Error(`The plugin imports "${id}", which Grafana does not share with plugins; bundle it.`);
};
// Whole namespaces, not copies: some exports of Grafana's runtime are filled in later.
for (const [name, module] of Object.entries(sharedModules)) System.set(shared(name), module);

export async function loadAppPlugin(url: string): Promise<AppPlugin> {
  return (await load(url)) as AppPlugin;
}

export async function loadPanelPlugin(url: string): Promise<PanelPlugin> {
  return (await load(url)) as PanelPlugin;
}

async function load(url: string): Promise<unknown> {
  const module = await System.import(url);
  if (module.plugin === undefined) throw new Error(`${url} exports no plugin`);
  return module.plugin;
}
