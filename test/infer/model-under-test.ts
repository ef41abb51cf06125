import { bundledModelPath } from '../../src/infer/model.ts';

/** The bundled model, or another in the same layout: FEEDPULSE_TEST_MODEL=folder npm test. */
export const modelUnderTest = process.env['FEEDPULSE_TEST_MODEL'] ?? bundledModelPath;
