import shipped from './judge-parameters.json' with { type: 'json' };
import type { JudgeParameters } from './judge-parameters.ts';

/** Learned on the PlanetLab traces with `evenkeel learn`; the file says on which. */
export const shippedParameters = shipped as JudgeParameters;
