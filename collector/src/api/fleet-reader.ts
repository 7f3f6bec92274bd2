import type { Host } from '../fleet/host.ts';
import type { Vm } from '../fleet/vm.ts';
import { FleetView } from './fleet-view.ts';
import { ApiProblem } from './problem.ts';
import type { Services } from './services.ts';

/** Gives the routes the newest view of the fleet, made once per snapshot and judgement. */
export class FleetReader {
  readonly #services: Pick<Services, 'fleet' | 'policy'>;
  #view: FleetView | undefined;

  constructor(services: Pick<Services, 'fleet' | 'policy'>) {
    this.#services = services;
  }

  current(): FleetView | null {
    const snapshot = this.#services.fleet.snapshot();
    if (!snapshot) return null;
    const judgement = this.#services.fleet.judgement();
    if (this.#view?.snapshot !== snapshot || this.#view.judgement !== judgement) {
      this.#view = new FleetView(snapshot, judgement, this.#services.policy.get().horizonMinutes);
    }
    return this.#view;
  }

  view(): FleetView {
    const view = this.current();
    if (!view) {
      throw new ApiProblem('not-available', 'No host has been read yet; try again in a few seconds.', {
        retryAfterSeconds: 5,
      });
    }
    return view;
  }

  host(view: FleetView, name: string): Host {
    const host = view.hosts.get(name);
    if (!host) throw new ApiProblem('not-found', `There is no host "${name}" in this fleet.`);
    return host;
  }

  vm(view: FleetView, uuid: string): Vm {
    const vm = view.vms.get(uuid.toLowerCase());
    if (!vm) throw new ApiProblem('not-found', `There is no VM with the uuid "${uuid}" in this fleet.`);
    return vm;
  }
}
