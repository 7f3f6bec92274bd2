/**
 * What CloudSim's `Helper` derives from the state histories of hosts and VMs, kept as running sums. An entry stands
 * until the next one; a second entry for the same moment replaces the first.
 */
export class HostRecord {
  activeSeconds = 0;
  violatedSeconds = 0;
  shutdowns = 0;
  #at = -1;
  #short = false;
  #active = true;
  /** Before the entry that stands: CloudSim takes every host for active before its first entry. */
  #activeBefore = true;

  note(seconds: number, granted: number, requested: number, active: boolean): void {
    if (seconds !== this.#at) this.#close(seconds);
    this.#short = granted < requested;
    this.#active = active;
  }

  /** The last entry lasts no time, but it may be a shutdown. */
  finish(): void {
    this.#close(this.#at);
  }

  #close(seconds: number): void {
    if (this.#at >= 0) {
      if (this.#active) {
        this.activeSeconds += seconds - this.#at;
        if (this.#short) this.violatedSeconds += seconds - this.#at;
      }
      if (this.#activeBefore && !this.#active) this.shutdowns += 1;
      this.#activeBefore = this.#active;
    }
    this.#at = seconds;
  }
}

export class VmRecord {
  grantedMi = 0;
  requestedMi = 0;
  lostToMigrationMi = 0;
  #at = -1;
  #granted = 0;
  #requested = 0;
  #migrating = false;

  note(seconds: number, granted: number, requested: number, migrating: boolean): void {
    if (seconds !== this.#at) {
      if (this.#at >= 0) this.#close(seconds - this.#at);
      this.#at = seconds;
    }
    this.#granted = granted;
    this.#requested = requested;
    this.#migrating = migrating;
  }

  #close(duration: number): void {
    this.grantedMi += this.#granted * duration;
    this.requestedMi += this.#requested * duration;
    if (this.#migrating && this.#granted < this.#requested) {
      this.lostToMigrationMi += (this.#requested - this.#granted) * duration;
    }
  }
}
