import { honestRules } from './planetlab-honest-rules.ts';
import { powerAt, type HostModel } from './planetlab-fleet.ts';

export type HonestVm = {
  readonly index: number;
  readonly mips: number;
  readonly ramMb: number;
  host: HonestHost;
  movingTo: HonestHost | undefined;
  /** MIPS asked for in this interval, and granted by its host. */
  demand: number;
  granted: number;
  requestedMi: number;
  grantedMi: number;
  lostToMigrationMi: number;
  migrations: number;
};

/** A host that is charged for all it does. `settle` books what has passed, `serve` shares out what comes. */
export class HonestHost {
  readonly index: number;
  readonly model: HostModel;
  power: 'off' | 'booting' | 'on' | 'stopping' = 'off';
  readonly residents = new Set<HonestVm>();
  /** RAM of residents and of copies on their way in. */
  ramUsedMb = 0;
  copies = 0;

  wattSeconds = 0;
  activeSeconds = 0;
  violatedSeconds = 0;
  #settledAt = 0;
  #watts = 0;
  #short = false;

  constructor(index: number, model: HostModel) {
    this.index = index;
    this.model = model;
  }

  settle(now: number): void {
    const seconds = now - this.#settledAt;
    this.#settledAt = now;
    if (seconds === 0 || this.power === 'off') return;
    this.wattSeconds += this.#watts * seconds;
    this.activeSeconds += seconds;
    if (this.#short) this.violatedSeconds += seconds;
    for (const vm of this.residents) {
      vm.requestedMi += vm.demand * seconds;
      vm.grantedMi += vm.granted * seconds;
      if (vm.movingTo !== undefined) vm.lostToMigrationMi += (vm.demand - vm.granted) * seconds;
    }
  }

  serve(): void {
    this.#short = false;
    if (this.power !== 'on') {
      this.#watts = this.#fixedWatts();
      return;
    }
    const { coreMips, mips } = this.model;
    let wanted = this.copies * honestRules.copyCoreShare * coreMips;
    for (const vm of this.residents) wanted += Math.min(vm.demand, coreMips);
    const share = wanted > mips ? mips / wanted : 1;
    for (const vm of this.residents) {
      const given = Math.min(vm.demand, coreMips) * share;
      if (given < vm.demand) this.#short = true;
      vm.granted = vm.movingTo === undefined ? given : given * (1 - honestRules.slowdownShare);
    }
    this.#watts = powerAt(this.model, Math.min(wanted / mips, 1));
  }

  #fixedWatts(): number {
    if (this.power === 'booting') return powerAt(this.model, 1);
    return this.power === 'stopping' ? powerAt(this.model, 0) : 0;
  }
}
