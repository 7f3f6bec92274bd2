import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ConsoleSessions } from '../console-session.ts';
import type { FleetReader } from '../fleet-reader.ts';
import type { Services } from '../services.ts';
import type { TokenRecord } from '../token.ts';

export type ApiApp = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;

export type RouteContext = {
  readonly services: Services;
  readonly reader: FleetReader;
  readonly sessions: ConsoleSessions;
  readonly findToken: (id: string) => TokenRecord | undefined;
  readonly secureCookies: boolean;
  readonly eventClientsMax: number;
  readonly now: () => number;
};

/** The routes of one subject. */
export type RouteSet = (app: ApiApp, context: RouteContext) => void;
