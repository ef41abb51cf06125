import { bundledModelPath } from '../../src/infer/model/model.ts';

/** The bundled model, or another in the same layout: MODEL_UNDER_TEST=DIRECTORY npm test. */
export const modelUnderTest = process.env['MODEL_UNDER_TEST'] ?? bundledModelPath;
