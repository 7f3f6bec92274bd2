import { stripVTControlCharacters, styleText } from 'node:util';
import type { CommandIo, TextSink } from './command.ts';

export type Style = 'red' | 'yellow' | 'green' | 'cyan' | 'bold' | 'dim';

/** Colours only on a terminal, and not where the user said NO_COLOR. */
export const hasColours = (sink: TextSink, env: CommandIo['env']): boolean =>
  sink.isTTY === true && !env.NO_COLOR && env.TERM !== 'dumb';

export const paint = (text: string, style: Style, colours: boolean): string =>
  colours ? styleText(style, text, { validateStream: false }) : text;

/** A name from the fleet may hold anything; a terminal must get neither escape codes nor line breaks from it. */
export const printable = (text: string): string =>
  stripVTControlCharacters(text).replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, '\u{fffd}');
