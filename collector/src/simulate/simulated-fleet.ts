import type { SimClock } from './sim-clock.ts';
import { HostServer, type Listening } from './host-server.ts';
import { SimFleet, type SimFleetPlan } from './sim-fleet.ts';
import type { SimHost } from './sim-host.ts';

export type SimulatedFleetOptions = {
  readonly clock: SimClock;
  /** First of the ports, one for each host in order; 0: whatever is free. */
  readonly firstPort?: number;
  /** Listen on unix sockets in this directory instead. */
  readonly socketDirectory?: string;
};

/** A whole fleet on this machine that speaks libvirt's protocol, for tests, benchmarks and the demonstration. */
export class SimulatedFleet {
  readonly fleet: SimFleet;
  readonly #servers = new Map<string, HostServer>();

  private constructor(fleet: SimFleet) {
    this.fleet = fleet;
  }

  static async start(plan: SimFleetPlan, options: SimulatedFleetOptions): Promise<SimulatedFleet> {
    const simulated = new SimulatedFleet(new SimFleet(plan, options.clock));
    let index = 0;
    for (const host of simulated.fleet.hosts.values()) {
      const where: Listening =
        options.socketDirectory === undefined
          ? { port: options.firstPort ? options.firstPort + index : 0 }
          : { path: `${options.socketDirectory}/${index}.sock` };
      const server = new HostServer(simulated.fleet, host, where, (port) => simulated.#hostAtPort(port));
      simulated.#servers.set(host.plan.name, server);
      index += 1;
    }
    try {
      await Promise.all([...simulated.#servers.values()].map((server) => server.listen()));
    } catch (cause) {
      simulated.stop();
      throw cause;
    }
    return simulated;
  }

  /** How each host is reached, by name. */
  uris(): Map<string, string> {
    return new Map([...this.#servers].map(([name, server]) => [name, server.uri]));
  }

  server(host: string): HostServer {
    const server = this.#servers.get(host);
    if (!server) throw new Error(`the simulated fleet has no host "${host}"`);
    return server;
  }

  stop(): void {
    this.fleet.close();
    for (const server of this.#servers.values()) server.close();
  }

  #hostAtPort(port: number): SimHost | undefined {
    for (const server of this.#servers.values()) {
      if (server.port === port && server.isAlive) return server.host;
    }
    return undefined;
  }
}
