// Made by "npm run generate -w evenkeel-fleet-app" from collector/openapi.json; not edited by hand.
export interface paths {
  '/healthz': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Whether the process answers at all */
    get: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Default Response */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': {
              /** @enum {string} */
              status: 'ok';
              version: string;
            };
          };
        };
        /** @description What went wrong */
        default: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/readyz': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Whether the collector can do its work */
    get: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Whether the collector can do its work */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['Readiness'];
          };
        };
        /** @description Whether the collector can do its work */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['Readiness'];
          };
        };
        /** @description What went wrong */
        default: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/metrics': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** The collector's own figures, as Prometheus text */
    get: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Default Response */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'text/plain': string;
          };
        };
        /** @description What went wrong */
        default: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/summary': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** The fleet in a few numbers */
    get: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description The fleet in a few numbers */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['Summary'];
          };
        };
        /** @description What went wrong */
        default: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/hosts': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** All hosts, with what is judged of them */
    get: {
      parameters: {
        query?: {
          limit?: number;
          offset?: number;
          state?: components['schemas']['HostState'];
          zone?: string;
          rack?: string;
          group?: string;
          /** @description part of the name */
          q?: string;
          sort?: 'name' | 'vms' | 'pressure' | 'cpu' | 'mem' | 'net' | 'disk';
          order?: 'asc' | 'desc';
        };
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Default Response */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': {
              /** @description when the snapshot was taken, milliseconds since 1970 */
              at: number;
              /** @description number of the snapshot */
              sequence: number;
              /** @description how many match, of which `items` is a slice */
              total: number;
              offset: number;
              items: components['schemas']['Host'][];
            };
          };
        };
        /** @description What went wrong */
        default: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/hosts/{name}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** One host */
    get: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          name: string;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description A host with what is judged of it */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['Host'];
          };
        };
        /** @description What went wrong */
        default: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/hosts/{name}/history': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Load of one host over time */
    get: {
      parameters: {
        query?: {
          /** @description milliseconds since 1970; default: an hour ago */
          from?: number;
          /** @description default: now */
          to?: number;
          /** @description default: what gives about 360 points */
          stepSeconds?: number;
        };
        header?: never;
        path: {
          name: string;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Load over time, one array per dimension; null where no sample was taken */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['History'];
          };
        };
        /** @description What went wrong */
        default: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/vms': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** All VMs, with what is judged of them */
    get: {
      parameters: {
        query?: {
          /** @description more than 1000 only in the compact form */
          limit?: number;
          offset?: number;
          format?: 'full' | 'compact';
          host?: string;
          class?: 'low' | 'medium' | 'high' | 'unknown';
          state?: 'running' | 'paused' | 'shutoff' | 'crashed' | 'suspended' | 'unknown';
          /** @description only those with an announced class change, or only those without */
          changing?: boolean;
          /** @description part of the name, or start of the uuid */
          q?: string;
          sort?: 'name' | 'host' | 'pressure' | 'cpu' | 'mem' | 'net' | 'disk';
          order?: 'asc' | 'desc';
        };
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Default Response */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json':
              | {
                  /** @description when the snapshot was taken, milliseconds since 1970 */
                  at: number;
                  /** @description number of the snapshot */
                  sequence: number;
                  /** @description how many match, of which `items` is a slice */
                  total: number;
                  offset: number;
                  items: components['schemas']['Vm'][];
                }
              | {
                  /** @description when the snapshot was taken, milliseconds since 1970 */
                  at: number;
                  /** @description number of the snapshot */
                  sequence: number;
                  total: number;
                  offset: number;
                  /** @description what each place of a row holds */
                  columns: (
                    | 'uuid'
                    | 'name'
                    | 'host'
                    | 'state'
                    | 'freshness'
                    | 'loadClass'
                    | 'cpu'
                    | 'mem'
                    | 'net'
                    | 'disk'
                    | 'pressure'
                    | 'vcpus'
                    | 'memBytes'
                    | 'nextClass'
                    | 'nextClassAt'
                    | 'nextClassProbability'
                  )[];
                  rows: components['schemas']['CompactVmRow'][];
                };
          };
        };
        /** @description What went wrong */
        default: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/vms/{uuid}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** One VM */
    get: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          uuid: string;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description A VM with what is judged of it */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['Vm'];
          };
        };
        /** @description What went wrong */
        default: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/vms/{uuid}/history': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Load of one VM over time */
    get: {
      parameters: {
        query?: {
          /** @description milliseconds since 1970; default: an hour ago */
          from?: number;
          /** @description default: now */
          to?: number;
          /** @description default: what gives about 360 points */
          stepSeconds?: number;
        };
        header?: never;
        path: {
          uuid: string;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Load over time, one array per dimension; null where no sample was taken */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['History'];
          };
        };
        /** @description What went wrong */
        default: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/vms/{uuid}/targets': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** The best hosts for one VM, best first */
    get: {
      parameters: {
        query?: {
          limit?: number;
        };
        header?: never;
        path: {
          uuid: string;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Default Response */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': {
              items: components['schemas']['Target'][];
            };
          };
        };
        /** @description What went wrong */
        default: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/findings': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** What is judged true now, the most severe first; or what has ended, the latest first */
    get: {
      parameters: {
        query?: {
          limit?: number;
          offset?: number;
          kind?: components['schemas']['FindingKind'];
          severity?: components['schemas']['Severity'];
          /** @description a host's name or a VM's uuid */
          subject?: string;
          /** @description those that have ended, instead of those true now */
          past?: boolean;
          /** @description with past: ended after; default: a day ago */
          from?: number;
          /** @description with past: ended before; default: now */
          to?: number;
        };
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Default Response */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': {
              /** @description how many match, of which `items` is a slice */
              total: number;
              offset: number;
              items: components['schemas']['Finding'][];
            };
          };
        };
        /** @description What went wrong */
        default: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/forecasts/{type}/{id}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Load to come of one host (by name) or VM (by uuid), dimension by dimension */
    get: {
      parameters: {
        query?: {
          minutes?: number;
          stepMinutes?: number;
        };
        header?: never;
        path: {
          type: 'host' | 'vm';
          id: string;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Default Response */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': {
              /** @description without those that history is too short for */
              items: components['schemas']['Forecast'][];
            };
          };
        };
        /** @description What went wrong */
        default: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/class-changes': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** VMs about to change class, the next first */
    get: {
      parameters: {
        query?: {
          limit?: number;
          offset?: number;
          /** @description false: also those below the policy's operating point */
          announced?: boolean;
          host?: string;
          /** @description uuid */
          vm?: string;
          to?: components['schemas']['LoadClass'];
        };
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Default Response */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': {
              /** @description how many match, of which `items` is a slice */
              total: number;
              offset: number;
              items: components['schemas']['ClassChange'][];
            };
          };
        };
        /** @description What went wrong */
        default: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/recommendations': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** What is advised now, the most urgent first */
    get: {
      parameters: {
        query?: {
          limit?: number;
          offset?: number;
          kind?: components['schemas']['RecommendationKind'];
          /** @description touched by it */
          host?: string;
          /** @description uuid, moved by it */
          vm?: string;
        };
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Default Response */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': {
              /** @description how many match, of which `items` is a slice */
              total: number;
              offset: number;
              items: components['schemas']['Recommendation'][];
            };
          };
        };
        /** @description What went wrong */
        default: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/recommendations/{id}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** One recommendation */
    get: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          id: string;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Moves and host power actions, with the reason, the effect and the cost */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['Recommendation'];
          };
        };
        /** @description What went wrong */
        default: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/recommendations/{id}/dismiss': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Say no to a recommendation; the same plan is not advised again for a while */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          id: string;
        };
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': {
            reason: string;
          };
        };
      };
      responses: {
        /** @description Default Response */
        204: {
          headers: {
            [name: string]: unknown;
          };
          content?: never;
        };
        /** @description What went wrong */
        default: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/migrations': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Migrations, the newest first */
    get: {
      parameters: {
        query?: {
          /** @description only those under way, or only those that ended */
          active?: boolean;
          /** @description uuid */
          vm?: string;
          /** @description source or target */
          host?: string;
          /** @description requested at or after */
          from?: number;
          /** @description requested before */
          to?: number;
          limit?: number;
          offset?: number;
        };
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Default Response */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': {
              /** @description how many match, of which `items` is a slice */
              total: number;
              offset: number;
              items: components['schemas']['Migration'][];
            };
          };
        };
        /** @description What went wrong */
        default: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    put?: never;
    /** Move a VM, live. With an Idempotency-Key header, twice is once */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      /** @description One VM to be moved, as an admin or a plan asks for it */
      requestBody: {
        content: {
          'application/json': components['schemas']['MigrationRequest'];
        };
      };
      responses: {
        /** @description A move being done */
        202: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['Migration'];
          };
        };
        /** @description What went wrong */
        default: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/migrations/{id}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** One migration, with its progress, and its facts once it has ended */
    get: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          id: string;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description A move being done */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['Migration'];
          };
        };
        /** @description What went wrong */
        default: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/migrations/preflight': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** A dry run: every check, and the forecast; changes nothing */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      /** @description One VM to be moved, as an admin or a plan asks for it */
      requestBody: {
        content: {
          'application/json': components['schemas']['MigrationRequest'];
        };
      };
      responses: {
        /** @description What is checked before a VM moves; a dry run answers exactly this */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['Preflight'];
          };
        };
        /** @description What went wrong */
        default: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/migrations/requests': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Ask for a VM to be moved: nothing is done until an admin approves it */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      /** @description One VM to be moved, as an admin or a plan asks for it */
      requestBody: {
        content: {
          'application/json': components['schemas']['MigrationRequest'];
        };
      };
      responses: {
        /** @description A move being done */
        202: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['Migration'];
          };
        };
        /** @description What went wrong */
        default: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/migrations/{id}/approve': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Let a move that was asked for begin; checked afresh, and refused when it is overtaken */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          id: string;
        };
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': {
            reason?: string;
          };
        };
      };
      responses: {
        /** @description A move being done */
        202: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['Migration'];
          };
        };
        /** @description What went wrong */
        default: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/migrations/{id}/reject': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Turn down a move that was asked for */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          id: string;
        };
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': {
            reason: string;
          };
        };
      };
      responses: {
        /** @description A move being done */
        202: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['Migration'];
          };
        };
        /** @description What went wrong */
        default: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/migrations/{id}/abort': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Stop a migration; the VM stays where it was */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          id: string;
        };
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': {
            reason?: string;
          };
        };
      };
      responses: {
        /** @description A move being done */
        202: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['Migration'];
          };
        };
        /** @description What went wrong */
        default: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/migrations/{id}/tune': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Change a migration under way: bandwidth, downtime, switch to post-copy */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          id: string;
        };
        cookie?: never;
      };
      /** @description What may be changed while a migration copies */
      requestBody: {
        content: {
          'application/json': {
            bandwidthBytesPerSecond?: number;
            downtimeMs?: number;
            /**
             * @description switch now; only where the migration was started with post-copy possible
             * @enum {boolean}
             */
            postCopy?: true;
          };
        };
      };
      responses: {
        /** @description A move being done */
        202: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['Migration'];
          };
        };
        /** @description What went wrong */
        default: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/forecast-record': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** How right the migration forecasts were, the newest first, and what was learned from them */
    get: {
      parameters: {
        query?: {
          limit?: number;
        };
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Forecasts beside what was measured */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['ForecastRecord'];
          };
        };
        /** @description What went wrong */
        default: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/drains': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Plans being carried out or carried out lately, the newest first */
    get: {
      parameters: {
        query?: {
          limit?: number;
          offset?: number;
        };
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Default Response */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': {
              /** @description how many match, of which `items` is a slice */
              total: number;
              offset: number;
              items: components['schemas']['Drain'][];
            };
          };
        };
        /** @description What went wrong */
        default: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    put?: never;
    /** Empty a host, or carry out a recommendation, wave by wave */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      /** @description A plan to be carried out wave by wave */
      requestBody: {
        content: {
          'application/json': components['schemas']['DrainRequest'];
        };
      };
      responses: {
        /** @description A plan being carried out: a host emptied, or a recommendation followed */
        202: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['Drain'];
          };
        };
        /** @description What went wrong */
        default: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/drains/{id}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** One of them */
    get: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          id: string;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description A plan being carried out: a host emptied, or a recommendation followed */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['Drain'];
          };
        };
        /** @description What went wrong */
        default: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/drains/preview': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** The plan that a drain would follow; changes nothing */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      /** @description A plan to be carried out wave by wave */
      requestBody: {
        content: {
          'application/json': components['schemas']['DrainRequest'];
        };
      };
      responses: {
        /** @description A plan being carried out: a host emptied, or a recommendation followed */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['Drain'];
          };
        };
        /** @description What went wrong */
        default: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/drains/{id}/pause': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Start no further move; those under way finish */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          id: string;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description A plan being carried out: a host emptied, or a recommendation followed */
        202: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['Drain'];
          };
        };
        /** @description What went wrong */
        default: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/drains/{id}/resume': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Go on with what was paused */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          id: string;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description A plan being carried out: a host emptied, or a recommendation followed */
        202: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['Drain'];
          };
        };
        /** @description What went wrong */
        default: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/drains/{id}/cancel': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Withdraw what has not begun; what is under way finishes */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          id: string;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description A plan being carried out: a host emptied, or a recommendation followed */
        202: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['Drain'];
          };
        };
        /** @description What went wrong */
        default: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/policy': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** The policy in force */
    get: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description What the owners of the fleet want */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['Policy'];
          };
        };
        /** @description What went wrong */
        default: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    /** Set the policy; a field that is left out gets its default */
    put: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      /** @description What the owners of the fleet want */
      requestBody: {
        content: {
          'application/json': components['schemas']['Policy'];
        };
      };
      responses: {
        /** @description What the owners of the fleet want */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['Policy'];
          };
        };
        /** @description What went wrong */
        default: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/what-if': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** What would be advised if things were otherwise; changes nothing */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      /** @description What would be advised if things were otherwise */
      requestBody: {
        content: {
          'application/json': components['schemas']['WhatIfQuestion'];
        };
      };
      responses: {
        /** @description Default Response */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['WhatIfAnswer'];
          };
        };
        /** @description What went wrong */
        default: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/place': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Where a new VM should be started, why, and why not elsewhere; changes nothing */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      /** @description A VM that does not run yet */
      requestBody: {
        content: {
          'application/json': {
            name: string;
            vcpus: number;
            /** @description all that it may grow to */
            memoryBytes: number;
            /**
             * @description share of its vCPUs that it will use
             * @default 0.5
             */
            expectedCpu?: number;
            /** @description what is left out binds it to nothing */
            rules?: {
              /** @description host names it may run on; empty: any */
              pinnedTo?: string[];
              hostGroup?: string | null;
              /** @description names of groups whose VMs stay on one host */
              affinity?: string[];
              /** @description names of groups whose VMs stay on different hosts */
              antiAffinity?: string[];
              zoneSpread?: string | null;
              /** @description bridges and networks that a target must have */
              networks?: string[];
              cpuModel?: string | null;
              cpuFeatures?: string[];
              /** @description how many NUMA nodes it may span; 0: no matter */
              numaNodes?: number;
            };
          };
        };
      };
      responses: {
        /** @description Where a new VM should be started */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': {
              snapshotSequence: number;
              /** @description where to start it; null: nowhere */
              host: string | null;
              /** @description the host is off and must be switched on first */
              switchOn: boolean;
              reason: string;
              /** @description the host before and after */
              effects: components['schemas']['HostEffect'][];
              /** @description how much the balance objective falls; negative: it grows */
              gain: number;
              /** @description hosts that could take it as well, best first */
              alternatives: {
                host: string;
                /** @description why it lost, in one sentence */
                lost: string;
                effects: components['schemas']['HostEffect'][];
              }[];
              /** @description hosts that cannot take it, and why */
              refused: {
                host: string;
                code: string;
                reason: string;
              }[];
            };
          };
        };
        /** @description What went wrong */
        default: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/me': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Who is asking, and what they may do */
    get: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Who is asking */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': {
              /** @description the person or program, as the audit log names it */
              name: string;
              role: components['schemas']['Role'];
              /**
               * @description a bearer token, a console login, or a user whose signed identity Grafana passed on
               * @enum {unknown}
               */
              via: 'token' | 'session' | 'grafana';
              /** @description id of the token behind it; never the token itself */
              token: string;
              /** @description for a console session: what to send as x-evenkeel-csrf with every request that changes something */
              csrf: string | null;
            };
          };
        };
        /** @description What went wrong */
        default: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/session': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Sign in to the console with a token; sets an http-only cookie */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': {
            token: string;
          };
        };
      };
      responses: {
        /** @description Who is asking */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': {
              /** @description the person or program, as the audit log names it */
              name: string;
              role: components['schemas']['Role'];
              /**
               * @description a bearer token, a console login, or a user whose signed identity Grafana passed on
               * @enum {unknown}
               */
              via: 'token' | 'session' | 'grafana';
              /** @description id of the token behind it; never the token itself */
              token: string;
              /** @description for a console session: what to send as x-evenkeel-csrf with every request that changes something */
              csrf: string | null;
            };
          };
        };
        /** @description What went wrong */
        default: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    /** Sign out of the console */
    delete: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Default Response */
        204: {
          headers: {
            [name: string]: unknown;
          };
          content?: never;
        };
        /** @description What went wrong */
        default: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/audit': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Who asked for what and what came of it, the newest first */
    get: {
      parameters: {
        query?: {
          from?: number;
          to?: number;
          who?: string;
          limit?: number;
          offset?: number;
        };
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Default Response */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': {
              items: components['schemas']['AuditEntry'][];
            };
          };
        };
        /** @description What went wrong */
        default: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/events': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * What happens, as server-sent events
     * @description Events: snapshot (hosts that changed), vms (VMs that changed, as compact rows), finding, recommendation, migration, drain; and reset when what was missed is not known any more: load everything afresh. A comment comes every 15 s. Go on after a break by sending Last-Event-ID.
     */
    get: {
      parameters: {
        query?: {
          /** @description some of snapshot, vms, finding, recommendation, migration, drain, with commas; default: all but vms */
          topics?: string;
          /** @description for clients that cannot send the Last-Event-ID header */
          lastEventId?: string;
        };
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description text/event-stream */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'text/event-stream': string;
          };
        };
        /** @description What went wrong */
        default: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
}
export type webhooks = Record<string, never>;
export interface components {
  schemas: {
    Alternative: {
      description: string;
      /** @description why it lost, in one sentence */
      lost: string;
    };
    /** @description One line of the append-only audit log */
    AuditEntry: {
      at: number;
      /** @description the acting user, or "nobody" when the request was not signed in */
      who: string;
      role: string;
      /** @description token, session, grafana, autopilot */
      via: string;
      /** @description where the request came from */
      address: string;
      /** @description e.g. "migration.request" */
      action: string;
      /** @description what it was about */
      subject: string;
      reason: string | null;
      /** @enum {unknown} */
      outcome: 'done' | 'refused' | 'failed';
      /** @description one sentence */
      detail: string;
      /** @description id of the request, as the log has it */
      request: string;
    };
    /** @description A VM about to change class, told before the boundary is reached */
    ClassChange: {
      uuid: string;
      vm: string;
      host: string;
      dimension: components['schemas']['Dimension'];
      from: components['schemas']['LoadClass'];
      to: components['schemas']['LoadClass'];
      /** @description when this was predicted */
      at: number;
      /** @description the likeliest moment of the change, milliseconds since 1970 */
      when: number;
      /** @description calibrated, within the horizon */
      probability: number;
      /** @description at or above the policy's operating point */
      announced: boolean;
    };
    CompactVmRow: [
      string,
      string,
      string,
      'running' | 'paused' | 'shutoff' | 'crashed' | 'suspended' | 'unknown',
      components['schemas']['Freshness'],
      components['schemas']['LoadClass'] | null,
      number | null,
      number | null,
      number | null,
      number | null,
      number | null,
      number,
      number,
      components['schemas']['LoadClass'] | null,
      number | null,
      number | null,
    ];
    /** @enum {unknown} */
    Dimension: 'cpu' | 'mem' | 'net' | 'disk';
    /** @description A plan being carried out: a host emptied, or a recommendation followed */
    Drain: {
      id: string;
      host: string | null;
      recommendation: string | null;
      /**
       * @description stopped: the world changed, see cause
       * @enum {unknown}
       */
      state: 'running' | 'paused' | 'done' | 'stopped' | 'cancelled';
      cause: string | null;
      requestedBy: string;
      reason: string | null;
      startedAt: number;
      endedAt: number | null;
      wave: number;
      waves: number;
      moves: components['schemas']['Move'][];
      /** @description ids of the migrations begun so far */
      migrations: string[];
      /** @description what does not move, and why */
      stays: {
        uuid: string;
        vm: string;
        reason: string;
      }[];
    };
    /** @description A plan to be carried out wave by wave */
    DrainRequest:
      | {
          host: string;
          reason?: string;
        }
      | {
          recommendation: string;
          reason?: string;
        };
    Evidence: {
      /** @description cpu, mem, net, disk, pressure, volume, age, ... */
      measure: string;
      value: number;
      threshold: number;
      detail?: string;
    };
    /** @description Something judged true now, with evidence and since when */
    Finding: {
      /** @description stable while the finding lasts */
      id: string;
      kind: components['schemas']['FindingKind'];
      severity: components['schemas']['Severity'];
      subject: components['schemas']['Subject'];
      since: number;
      /** @description when it was last judged true */
      at: number;
      /** @description when it ended */
      until?: number;
      /** @description one plain sentence */
      message: string;
      evidence: components['schemas']['Evidence'][];
      /** @description orders findings of one kind: higher first (a hot spot: its volume) */
      rank: number;
    };
    /** @enum {unknown} */
    FindingKind:
      | 'hotspot'
      | 'hotspot-predicted'
      | 'coldspot'
      | 'abrupt-load'
      | 'imbalance'
      | 'class-change'
      | 'stale'
      | 'insufficient-data'
      | 'host-trouble'
      | 'low-load'
      | 'reserve';
    /** @description Predicted load, as a share 0..1, with an interval, for horizons up to 60 minutes */
    Forecast: {
      subject: components['schemas']['Subject'];
      dimension: components['schemas']['Dimension'];
      at: number;
      points: components['schemas']['ForecastPoint'][];
    };
    ForecastPoint: {
      /** @description horizon: minutes from now */
      minutes: number;
      value: number;
      /** @description lower end of the 80 % interval */
      low: number;
      /** @description upper end of the 80 % interval */
      high: number;
    };
    /** @description Forecasts beside what was measured */
    ForecastRecord: {
      calibration: components['schemas']['MigrationCalibration'];
      scored: {
        migration: string;
        vm: string;
        from: string;
        to: string;
        at: number;
        forecastSeconds: number;
        seconds: number;
        /** @description (forecast - measured) / measured */
        secondsError: number;
        forecastDowntimeSeconds: number;
        downtimeSeconds: number | null;
        forecastBytes: number;
        bytes: number | null;
      }[];
      medianSecondsError: number | null;
      downtimeWithinFactorTwo: number | null;
    };
    /** @enum {unknown} */
    Freshness: 'fresh' | 'stale' | 'never';
    /** @description Load over time, one array per dimension; null where no sample was taken */
    History: {
      subject: {
        /** @enum {unknown} */
        type: 'host' | 'vm';
        id: string;
        name: string;
      };
      /** @description milliseconds since 1970 */
      from: number;
      /** @description milliseconds since 1970 */
      to: number;
      /** @description one value per step: the mean of its samples */
      stepSeconds: number;
      /**
       * @description embedded: the window in memory alone
       * @enum {unknown}
       */
      source: 'influxdb' | 'embedded';
      /** @description start of each step */
      at: number[];
      /** @description share 0..1 */
      cpu: (number | null)[];
      /** @description share 0..1 */
      mem: (number | null)[];
      /** @description share 0..1 */
      net: (number | null)[];
      /** @description share 0..1 */
      disk: (number | null)[];
      /** @description vCPU delay (steal) share */
      pressure: (number | null)[];
    };
    /** @description A host with what is judged of it */
    Host: {
      name: string;
      zone: string | null;
      rack: string | null;
      /** @description host groups that VMs may be bound to */
      groups: string[];
      /** @description the host of lowest priority is the first to be emptied */
      priority: number;
      labels: {
        [key: string]: string;
      };
      /** @enum {unknown} */
      power: 'on' | 'off' | 'unknown';
      /** @description draining or drained: never a target */
      maintenance: boolean;
      neverTarget: boolean;
      capacity: components['schemas']['HostCapacity'];
      energy?: components['schemas']['HostPower'];
      cpuModel: string | null;
      cpuFeatures?: string[];
      /** @description bridges and networks present; absent: not known */
      networks?: string[];
      features?: ('tls-migration' | 'rdma' | 'post-copy')[];
      load: components['schemas']['Load'];
      pressure: number | null;
      usage: components['schemas']['Usage'];
      freshness: components['schemas']['Freshness'];
      sampledAt: number | null;
      source: components['schemas']['Source'];
      /** @description what observing this host met lately; a suspect host is never a target */
      trouble: {
        /** @enum {unknown} */
        kind: 'scrape-error' | 'clock-jump' | 'memory-shrank' | 'flapping';
        since: number;
        count: number;
        message: string;
      }[];
      /** @description what is special about it just now; none: all is well */
      states: components['schemas']['HostState'][];
      vmCount: number;
      /** @description ids of the findings about it */
      findings: string[];
      /** @description at the policy horizon */
      forecast: {
        minutes: number;
        load: components['schemas']['Load'];
      };
    };
    HostCapacity: {
      /** @description logical CPUs that guests may use */
      cpuCores: number;
      /** @description lets unequal hosts be compared; absent: all alike */
      cpuMhz?: number;
      memBytes: number;
      nicBitsPerSecond: number | null;
      diskBytesPerSecond: number | null;
      numaNodes?: {
        cpuCores: number;
        memBytes: number;
      }[];
    };
    HostEffect: {
      host: string;
      before: components['schemas']['Load'];
      after: components['schemas']['Load'];
      forecastBefore: components['schemas']['Load'];
      forecastAfter: components['schemas']['Load'];
      vmsBefore: number;
      vmsAfter: number;
    };
    HostPower: {
      idleWatts: number;
      maxWatts: number;
      bootSeconds: number;
    };
    /** @enum {unknown} */
    HostState: 'hot' | 'hot-soon' | 'abrupt' | 'cold' | 'stale' | 'suspect' | 'draining' | 'off';
    /** @description Who is asking */
    Identity: {
      /** @description the person or program, as the audit log names it */
      name: string;
      role: components['schemas']['Role'];
      /**
       * @description a bearer token, a console login, or a user whose signed identity Grafana passed on
       * @enum {unknown}
       */
      via: 'token' | 'session' | 'grafana';
      /** @description id of the token behind it; never the token itself */
      token: string;
    };
    /** @description Load as shares of capacity (host) or allocation (VM); null where it is not known */
    Load: {
      cpu: number | null;
      mem: number | null;
      net: number | null;
      disk: number | null;
    };
    /** @enum {unknown} */
    LoadClass: 'low' | 'medium' | 'high';
    /** @description A move being done */
    Migration: {
      id: string;
      uuid: string;
      vm: string;
      from: string;
      to: string;
      stage: components['schemas']['MigrationStage'];
      stages: {
        stage: components['schemas']['MigrationStage'];
        at: number;
        cause?: string;
      }[];
      requestedBy: string;
      /** @description only of one that an admin must approve before anything is done */
      approval?: {
        /** @description undecided by then, it ends as aborted */
        until: number;
        by: string | null;
      };
      reason: string | null;
      recommendation: string | null;
      priority: number;
      drain: string | null;
      options: components['schemas']['MigrationOptions'];
      deadlineAt: number | null;
      attempt: number;
      waitingFor: string | null;
      forecast: components['schemas']['MoveForecast'] | null;
      progress: components['schemas']['MigrationProgress'] | null;
      fact: components['schemas']['MigrationFact'] | null;
      runsOn: string | null;
      error: {
        code: string;
        message: string;
        advice: string;
      } | null;
    };
    /** @description What the forecast of a migration learned from those that were made */
    MigrationCalibration: {
      fleet: {
        /** @description what every migration takes, however small */
        setupSeconds: number;
        /** @description time on the link over its ideal */
        linkFactor: number;
        /** @description what both ends spend on a byte of guest memory that is sent */
        secondsPerByte: number;
        /** @description the standstill beyond the last copy */
        downtimeBaseSeconds: number;
        /** @description more of it where the link sets the pace: what waits before a full link has to drain first */
        queueSeconds: number;
        /** @description standard deviation of ln(measured / forecast) of the time */
        spread: number;
        downtimeSpread: number;
        observations: number;
      };
      pairs: {
        [key: string]: {
          /** @description what every migration takes, however small */
          setupSeconds: number;
          /** @description time on the link over its ideal */
          linkFactor: number;
          /** @description what both ends spend on a byte of guest memory that is sent */
          secondsPerByte: number;
          /** @description the standstill beyond the last copy */
          downtimeBaseSeconds: number;
          /** @description more of it where the link sets the pace: what waits before a full link has to drain first */
          queueSeconds: number;
          /** @description standard deviation of ln(measured / forecast) of the time */
          spread: number;
          downtimeSpread: number;
          observations: number;
        };
      };
      /** @description for a VM that never moved */
      touchedShare: number;
      vms: {
        [key: string]: {
          touchedShare: number | null;
          /** @description dirtying seen while copying, over the sampled rate */
          dirtyFactor: number;
          dirtyBytesPerSecond: number | null;
          observations: number;
        };
      };
    };
    /** @description what was measured, to stand beside the forecast */
    MigrationFact: {
      seconds: number;
      downtimeSeconds: number | null;
      bytes: number | null;
      bytesPerSecond: number | null;
      rounds: number | null;
    };
    /** @description Everything has a default from the policy and the forecast */
    MigrationOptions: {
      /** @enum {unknown} */
      strategy?: 'pre-copy' | 'auto-converge' | 'compression' | 'parallel' | 'post-copy' | 'rdma';
      bandwidthBytesPerSecond?: number;
      downtimeMs?: number;
      /** @description aborted when it is not done by then */
      deadlineSeconds?: number;
      /** @description encrypt the copy; the policy may require it anyway */
      tls?: boolean;
      parallelConnections?: number;
    };
    MigrationProgress: {
      at: number;
      bytesTotal: number;
      bytesProcessed: number;
      bytesRemaining: number;
      bytesPerSecond: number | null;
      dirtyBytesPerSecond: number | null;
      iteration: number;
      throttlePercent: number | null;
      postCopy: boolean;
    };
    /** @description One VM to be moved, as an admin or a plan asks for it */
    MigrationRequest: {
      /** @description the VM's uuid */
      uuid: string;
      /** @description name of the target host */
      to: string;
      /** @description where the asker saw it; refused with 409 when the VM has moved meanwhile */
      from?: string;
      reason?: string;
      /** @description id of the advice followed; refused with 409 when that has expired */
      recommendation?: string;
      /** @description 1 is the most urgent */
      priority?: number;
      options?: components['schemas']['MigrationOptions'];
    };
    /** @enum {unknown} */
    MigrationStage:
      'requested' | 'checking' | 'reserved' | 'copying' | 'switching' | 'done' | 'failed' | 'aborted';
    /** @description What may be changed while a migration copies */
    MigrationTuning: {
      bandwidthBytesPerSecond?: number;
      downtimeMs?: number;
      /**
       * @description switch now; only where the migration was started with post-copy possible
       * @constant
       */
      postCopy?: true;
    };
    Move: {
      uuid: string;
      vm: string;
      from: string;
      to: string;
      /** @description moves of one wave may run at once */
      wave: number;
      /** @description a stop on the way, to break a cycle */
      temporary?: boolean;
      forecast: components['schemas']['MoveForecast'];
    };
    /** @description What a live migration will cost */
    MoveForecast: {
      /** @description bytes over the wire; low..high is an 80 % interval */
      bytes: {
        value: number;
        low: number;
        high: number;
      };
      /** @description total time in seconds; low..high is an 80 % interval */
      seconds: {
        value: number;
        low: number;
        high: number;
      };
      /** @description time the VM stands still, in seconds; low..high is an 80 % interval */
      downtimeSeconds: {
        value: number;
        low: number;
        high: number;
      };
      rounds: number;
      converges: boolean;
      /** @enum {unknown} */
      strategy: 'pre-copy' | 'auto-converge' | 'compression' | 'parallel' | 'post-copy' | 'rdma';
      copiesDisks: boolean;
      /** @description why this strategy, in one sentence */
      reason: string;
    };
    /** @description What the owners of the fleet want */
    Policy: {
      /**
       * @description the fleet is under-used below this average load: consolidate
       * @default 0.3
       */
      loadMin: number;
      /**
       * @description a host is a hot spot above this
       * @default {}
       */
      loadMax: {
        /**
         * @description cpu
         * @default 0.8
         */
        cpu: number;
        /**
         * @description mem
         * @default 0.9
         */
        mem: number;
        /**
         * @description net
         * @default 0.8
         */
        net: number;
        /**
         * @description disk
         * @default 0.9
         */
        disk: number;
      };
      /**
       * @description vCPU delay (steal) share above which a host is a hot spot
       * @default 0.1
       */
      pressureMax: number;
      /** @default {} */
      classes: {
        /** @default {} */
        cpu: {
          /**
           * @description at or above: medium
           * @default 0.3
           */
          medium: number;
          /**
           * @description at or above: high
           * @default 0.7
           */
          high: number;
        };
        /** @default {} */
        mem: {
          /**
           * @description at or above: medium
           * @default 0.3
           */
          medium: number;
          /**
           * @description at or above: high
           * @default 0.7
           */
          high: number;
        };
        /** @default {} */
        net: {
          /**
           * @description at or above: medium
           * @default 0.3
           */
          medium: number;
          /**
           * @description at or above: high
           * @default 0.7
           */
          high: number;
        };
        /** @default {} */
        disk: {
          /**
           * @description at or above: medium
           * @default 0.3
           */
          medium: number;
          /**
           * @description at or above: high
           * @default 0.7
           */
          high: number;
        };
        /**
         * @description how far a load must pass back over a boundary before the class falls
         * @default 0.05
         */
        hysteresis: number;
        /**
         * @description how long a load must stay beyond a boundary before the class changes
         * @default 60
         */
        dwellSeconds: number;
      };
      /** @default {} */
      hotspot: {
        /**
         * @description looks at the last n samples
         * @default 5
         */
        samples: number;
        /**
         * @description a hot spot when k of them are over loadMax
         * @default 3
         */
        over: number;
        /**
         * @description clears this far under loadMax
         * @default 0.05
         */
        clearBelow: number;
        /**
         * @description a predicted hot spot needs at least this probability
         * @default 0.8
         */
        confidence: number;
      };
      /**
       * @description a cold spot stays under loadMin at least this long
       * @default 15
       */
      coldspotMinutes: number;
      /**
       * @description how far ahead forecasts are used
       * @default 30
       */
      horizonMinutes: number;
      /**
       * @description class changes are announced at this precision or better
       * @default 0.6
       */
      classChangePrecision: number;
      /**
       * @description older data is stale and blocks advice
       * @default 45
       */
      staleSeconds: number;
      /**
       * @description how much each dimension counts in the balance
       * @default {}
       */
      weights: {
        /**
         * @description cpu
         * @default 1
         */
        cpu: number;
        /**
         * @description mem
         * @default 1
         */
        mem: number;
        /**
         * @description net
         * @default 0.5
         */
        net: number;
        /**
         * @description disk
         * @default 0.25
         */
        disk: number;
      };
      /**
       * @description a plan leaves this much room under loadMax on every host
       * @default 0.05
       */
      margin: number;
      /**
       * @description nothing moves for a smaller fall of the imbalance
       * @default 0.02
       */
      minimumGain: number;
      /**
       * @description the fleet is out of balance when the spread of load over hosts passes this
       * @default 0.2
       */
      imbalanceMax: number;
      /** @default {} */
      cooldown: {
        /**
         * @description a VM that moved rests this long
         * @default 30
         */
        minutes: number;
        /**
         * @description each further move within the window multiplies the rest
         * @default 2
         */
        factor: number;
        /**
         * @description moves are remembered this long, cycles are looked for in it
         * @default 72
         */
        windowHours: number;
      };
      /** @default {} */
      reserve: {
        /**
         * @description that many hosts may fail and all VMs still fit
         * @default 1
         */
        hosts: number;
        /**
         * @description of the capacity that is switched on stays free when consolidating
         * @default 0.15
         */
        share: number;
      };
      /** @default {} */
      consolidation: {
        /** @default true */
        enabled: boolean;
        /**
         * @description between switching a host on and consolidating again
         * @default 60
         */
        restMinutes: number;
        /**
         * @description hosts that always stay on
         * @default 1
         */
        minimumHosts: number;
      };
      /** @default {} */
      overcommit: {
        /**
         * @description vCPUs per logical CPU
         * @default 8
         */
        cpu: number;
        /**
         * @description VM memory per host memory
         * @default 1
         */
        mem: number;
        /**
         * @description memory kept for the host itself
         * @default 536870912
         */
        hostReservedBytes: number;
      };
      /** @default {} */
      limits: {
        /**
         * @description migrations at once in or out of one host
         * @default 2
         */
        perHost: number;
        /**
         * @description migrations at once over one NIC
         * @default 2
         */
        perLink: number;
        /**
         * @description migrations at once in the fleet
         * @default 8
         */
        total: number;
        /**
         * @description moves in one recommendation
         * @default 50
         */
        perPlan: number;
        /**
         * @description no migration starts on a NIC busier than this
         * @default 0.7
         */
        linkBusy: number;
      };
      /** @default {} */
      migration: {
        /**
         * @description the downtime that QEMU is asked to keep
         * @default 300
         */
        downtimeMs: number;
        /**
         * @description a migration that would take longer is refused or needs another strategy
         * @default 1800
         */
        maximumSeconds: number;
        /** @default false */
        requireTls: boolean;
        /**
         * @description post-copy loses the VM when the link breaks
         * @default false
         */
        allowPostCopy: boolean;
        /** @default true */
        allowAutoConverge: boolean;
        /**
         * @description xbzrle helps only guests that change little within a page
         * @default false
         */
        allowCompression: boolean;
        /**
         * @description larger local disks are not copied
         * @default 107374182400
         */
        copyDisksBytesMax: number;
      };
      /**
       * @description a recommendation expires after this
       * @default 10
       */
      recommendationMinutes: number;
    };
    PowerAction: {
      host: string;
      /** @enum {unknown} */
      action: 'switch-on' | 'switch-off';
      wave: number;
    };
    /** @description What is checked before a VM moves; a dry run answers exactly this */
    Preflight: {
      uuid: string;
      vm: string;
      from: string;
      to: string;
      at: number;
      /** @description no check failed */
      allowed: boolean;
      /** @description all of them, those that failed first */
      checks: components['schemas']['PreflightCheck'][];
      forecast: components['schemas']['MoveForecast'] | null;
      /** @description both hosts, before and after */
      effects: components['schemas']['HostEffect'][];
    };
    PreflightCheck: {
      /** @description e.g. "target-memory" */
      check: string;
      /** @enum {unknown} */
      outcome: 'ok' | 'warning' | 'failed' | 'unknown';
      /** @description one plain sentence */
      message: string;
      advice: string | null;
    };
    /** @description What went wrong (RFC 9457) */
    Problem: {
      /** @description a stable name of the kind of problem, e.g. "urn:evenkeel:not-found" */
      type: string;
      title: string;
      status: number;
      /** @description one plain sentence: what was wrong, what would be right */
      detail: string;
      /** @description id of the request, as the log has it */
      instance?: string;
      /** @description every single thing that was wrong */
      errors?: {
        /** @description e.g. "query.limit" */
        where: string;
        message: string;
        advice?: string;
      }[];
    };
    /** @description Whether the collector can do its work */
    Readiness: {
      ready: boolean;
      checks: {
        /** @description e.g. "first snapshot", "journal", "influxdb" */
        name: string;
        ok: boolean;
        /** @description false: the collector works without it, in a lesser way */
        required: boolean;
        message: string;
      }[];
    };
    /** @description Moves and host power actions, with the reason, the effect and the cost */
    Recommendation: {
      /** @description the same while the plan stays the same */
      id: string;
      kind: components['schemas']['RecommendationKind'];
      /** @description 1 is the most urgent */
      priority: number;
      /** @description one plain sentence */
      reason: string;
      /** @description ids of the findings behind it */
      findings: string[];
      moves: components['schemas']['Move'][];
      power: components['schemas']['PowerAction'][];
      effects: components['schemas']['HostEffect'][];
      cost: {
        bytes: number;
        seconds: number;
        /** @description the longest of any VM */
        downtimeSeconds: number;
      };
      /** @description how much the objective falls */
      gain: number;
      /** @description what would happen if nobody acts */
      ifIgnored: string;
      alternatives: components['schemas']['Alternative'][];
      createdAt: number;
      expiresAt: number;
      /** @description the snapshot it was made from */
      snapshotSequence: number;
    };
    /** @enum {unknown} */
    RecommendationKind:
      'relieve' | 'balance' | 'consolidate' | 'deconsolidate' | 'drain' | 'place' | 'class-change';
    /** @enum {unknown} */
    Role: 'viewer' | 'operator' | 'admin';
    /** @enum {unknown} */
    Severity: 'info' | 'warning' | 'critical';
    /** @enum {unknown} */
    Source: 'libvirt' | 'virt-top' | 'trace' | 'file';
    Subject: {
      /** @enum {unknown} */
      type: 'fleet' | 'host' | 'vm';
      id: string;
      name: string;
      /** @description for a VM: where it runs */
      host?: string;
    };
    /** @description The fleet in a few numbers */
    Summary: {
      fleet: string;
      version: string;
      /** @description true: no real host is behind these figures */
      simulated: boolean;
      /** @enum {unknown} */
      telemetry: 'influxdb' | 'embedded';
      /** @description when the snapshot was taken, milliseconds since 1970 */
      at: number;
      /** @description number of the snapshot */
      sequence: number;
      hosts: {
        total: number;
        on: number;
        fresh: number;
        states: {
          hot: number;
          'hot-soon': number;
          abrupt: number;
          cold: number;
          stale: number;
          suspect: number;
          draining: number;
          off: number;
        };
      };
      vms: {
        total: number;
        running: number;
        fresh: number;
        classes: {
          low: number;
          medium: number;
          high: number;
          unknown: number;
        };
        classChanges: number;
      };
      load: components['schemas']['Load'];
      vcpus: number;
      memBytes: number;
      watts: number | null;
      savedWatts: number | null;
      findings: {
        info: number;
        warning: number;
        critical: number;
      };
      recommendations: number;
      migrations: {
        active: number;
        doneToday: number;
        failedToday: number;
      };
    };
    /** @description A host that could take the VM */
    Target: {
      host: string;
      rank: number;
      /** @description why it stands at this place, in one sentence */
      reason: string;
      /** @description how much the balance objective falls; negative: it grows */
      gain: number;
      /** @description both hosts, before and after */
      effects: components['schemas']['HostEffect'][];
      forecast: components['schemas']['MoveForecast'] | null;
    };
    Usage: {
      cpuCores: number | null;
      memBytes: number | null;
      netRxBytesPerSecond: number | null;
      netTxBytesPerSecond: number | null;
      diskReadBytesPerSecond: number | null;
      diskWriteBytesPerSecond: number | null;
      diskRequestsPerSecond: number | null;
    };
    /** @description A VM with what is judged of it */
    Vm: {
      uuid: string;
      name: string;
      /** @description name of the host it runs on */
      host: string;
      /** @enum {unknown} */
      state: 'running' | 'paused' | 'shutoff' | 'crashed' | 'suspended' | 'unknown';
      vcpus: number;
      memory: components['schemas']['VmMemory'];
      load: components['schemas']['Load'];
      pressure: number | null;
      usage: components['schemas']['Usage'];
      dirtyRate: {
        bytesPerSecond: number;
        measuredAt: number;
      } | null;
      /** @description what matters more is disturbed less */
      priority: number;
      rules: components['schemas']['VmRules'];
      freshness: components['schemas']['Freshness'];
      sampledAt: number | null;
      /** @description when what is not read at every interval was measured last; all else: at sampledAt */
      measuredAt?: {
        mem: number | null;
        disk: number | null;
        pressure: number | null;
      };
      source: components['schemas']['Source'];
      loadClass: components['schemas']['LoadClass'] | null;
      classChange: components['schemas']['ClassChange'] | null;
      /** @description ids of the findings about it */
      findings: string[];
    };
    VmMemory: {
      /** @description what the VM may grow to; what a target must be able to hold */
      maximumBytes: number;
      /** @description what the balloon gives it now */
      currentBytes: number;
      usedBytes: number | null;
      /**
       * @description where usedBytes comes from
       * @enum {unknown}
       */
      source: 'balloon' | 'rss' | 'allocation';
      /** @description false while the balloon driver is silent */
      trusted: boolean;
    };
    VmRules: {
      neverMigrate: boolean;
      /** @description host names it may run on; empty: any */
      pinnedTo: string[];
      hostGroup: string | null;
      /** @description names of groups whose VMs stay on one host */
      affinity: string[];
      /** @description names of groups whose VMs stay on different hosts */
      antiAffinity: string[];
      zoneSpread: string | null;
      /** @description devices that cannot be migrated */
      blockedDevices: string[];
      localDiskBytes: number;
      /** @enum {unknown} */
      localDisks: 'refuse' | 'copy';
      /** @description bridges and networks that a target must have */
      networks: string[];
      cpuModel: string | null;
      cpuFeatures: string[];
      /** @description how many NUMA nodes it may span; 0: no matter */
      numaNodes: number;
    };
    WhatIfAnswer: {
      snapshotSequence: number;
      recommendations: components['schemas']['Recommendation'][];
      /** @description of the moves made by hand, host by host */
      effects: components['schemas']['HostEffect'][];
      /** @description why something asked for cannot be, one sentence each */
      problems: string[];
    };
    /** @description What would be advised if things were otherwise */
    WhatIfQuestion: {
      /** @description instead of the policy in force; what is left out has its default */
      policy?: {
        /**
         * @description the fleet is under-used below this average load: consolidate
         * @default 0.3
         */
        loadMin: number;
        /**
         * @description a host is a hot spot above this
         * @default {}
         */
        loadMax: {
          /**
           * @description cpu
           * @default 0.8
           */
          cpu: number;
          /**
           * @description mem
           * @default 0.9
           */
          mem: number;
          /**
           * @description net
           * @default 0.8
           */
          net: number;
          /**
           * @description disk
           * @default 0.9
           */
          disk: number;
        };
        /**
         * @description vCPU delay (steal) share above which a host is a hot spot
         * @default 0.1
         */
        pressureMax: number;
        /** @default {} */
        classes: {
          /** @default {} */
          cpu: {
            /**
             * @description at or above: medium
             * @default 0.3
             */
            medium: number;
            /**
             * @description at or above: high
             * @default 0.7
             */
            high: number;
          };
          /** @default {} */
          mem: {
            /**
             * @description at or above: medium
             * @default 0.3
             */
            medium: number;
            /**
             * @description at or above: high
             * @default 0.7
             */
            high: number;
          };
          /** @default {} */
          net: {
            /**
             * @description at or above: medium
             * @default 0.3
             */
            medium: number;
            /**
             * @description at or above: high
             * @default 0.7
             */
            high: number;
          };
          /** @default {} */
          disk: {
            /**
             * @description at or above: medium
             * @default 0.3
             */
            medium: number;
            /**
             * @description at or above: high
             * @default 0.7
             */
            high: number;
          };
          /**
           * @description how far a load must pass back over a boundary before the class falls
           * @default 0.05
           */
          hysteresis: number;
          /**
           * @description how long a load must stay beyond a boundary before the class changes
           * @default 60
           */
          dwellSeconds: number;
        };
        /** @default {} */
        hotspot: {
          /**
           * @description looks at the last n samples
           * @default 5
           */
          samples: number;
          /**
           * @description a hot spot when k of them are over loadMax
           * @default 3
           */
          over: number;
          /**
           * @description clears this far under loadMax
           * @default 0.05
           */
          clearBelow: number;
          /**
           * @description a predicted hot spot needs at least this probability
           * @default 0.8
           */
          confidence: number;
        };
        /**
         * @description a cold spot stays under loadMin at least this long
         * @default 15
         */
        coldspotMinutes: number;
        /**
         * @description how far ahead forecasts are used
         * @default 30
         */
        horizonMinutes: number;
        /**
         * @description class changes are announced at this precision or better
         * @default 0.6
         */
        classChangePrecision: number;
        /**
         * @description older data is stale and blocks advice
         * @default 45
         */
        staleSeconds: number;
        /**
         * @description how much each dimension counts in the balance
         * @default {}
         */
        weights: {
          /**
           * @description cpu
           * @default 1
           */
          cpu: number;
          /**
           * @description mem
           * @default 1
           */
          mem: number;
          /**
           * @description net
           * @default 0.5
           */
          net: number;
          /**
           * @description disk
           * @default 0.25
           */
          disk: number;
        };
        /**
         * @description a plan leaves this much room under loadMax on every host
         * @default 0.05
         */
        margin: number;
        /**
         * @description nothing moves for a smaller fall of the imbalance
         * @default 0.02
         */
        minimumGain: number;
        /**
         * @description the fleet is out of balance when the spread of load over hosts passes this
         * @default 0.2
         */
        imbalanceMax: number;
        /** @default {} */
        cooldown: {
          /**
           * @description a VM that moved rests this long
           * @default 30
           */
          minutes: number;
          /**
           * @description each further move within the window multiplies the rest
           * @default 2
           */
          factor: number;
          /**
           * @description moves are remembered this long, cycles are looked for in it
           * @default 72
           */
          windowHours: number;
        };
        /** @default {} */
        reserve: {
          /**
           * @description that many hosts may fail and all VMs still fit
           * @default 1
           */
          hosts: number;
          /**
           * @description of the capacity that is switched on stays free when consolidating
           * @default 0.15
           */
          share: number;
        };
        /** @default {} */
        consolidation: {
          /** @default true */
          enabled: boolean;
          /**
           * @description between switching a host on and consolidating again
           * @default 60
           */
          restMinutes: number;
          /**
           * @description hosts that always stay on
           * @default 1
           */
          minimumHosts: number;
        };
        /** @default {} */
        overcommit: {
          /**
           * @description vCPUs per logical CPU
           * @default 8
           */
          cpu: number;
          /**
           * @description VM memory per host memory
           * @default 1
           */
          mem: number;
          /**
           * @description memory kept for the host itself
           * @default 536870912
           */
          hostReservedBytes: number;
        };
        /** @default {} */
        limits: {
          /**
           * @description migrations at once in or out of one host
           * @default 2
           */
          perHost: number;
          /**
           * @description migrations at once over one NIC
           * @default 2
           */
          perLink: number;
          /**
           * @description migrations at once in the fleet
           * @default 8
           */
          total: number;
          /**
           * @description moves in one recommendation
           * @default 50
           */
          perPlan: number;
          /**
           * @description no migration starts on a NIC busier than this
           * @default 0.7
           */
          linkBusy: number;
        };
        /** @default {} */
        migration: {
          /**
           * @description the downtime that QEMU is asked to keep
           * @default 300
           */
          downtimeMs: number;
          /**
           * @description a migration that would take longer is refused or needs another strategy
           * @default 1800
           */
          maximumSeconds: number;
          /** @default false */
          requireTls: boolean;
          /**
           * @description post-copy loses the VM when the link breaks
           * @default false
           */
          allowPostCopy: boolean;
          /** @default true */
          allowAutoConverge: boolean;
          /**
           * @description xbzrle helps only guests that change little within a page
           * @default false
           */
          allowCompression: boolean;
          /**
           * @description larger local disks are not copied
           * @default 107374182400
           */
          copyDisksBytesMax: number;
        };
        /**
         * @description a recommendation expires after this
         * @default 10
         */
        recommendationMinutes: number;
      };
      /** @description hosts to be emptied */
      drain?: string[];
      /** @description hosts that are gone: their VMs must run elsewhere */
      without?: string[];
      /** @description hosts that join, switched on and empty */
      add?: {
        name: string;
        /** @description a host of the fleet that it is like, where nothing else is said */
        like?: string;
        cpuCores?: number;
        memBytes?: number;
        nicBitsPerSecond?: number;
        zone?: string;
      }[];
      /** @description CPU, network and disk load of all VMs times this */
      loadFactor?: number;
      /** @description moves made by hand before anything else is advised */
      moves?: {
        uuid: string;
        to: string;
      }[];
    };
  };
  responses: never;
  parameters: never;
  requestBodies: never;
  headers: never;
  pathItems: never;
}
export type $defs = Record<string, never>;
export type operations = Record<string, never>;
