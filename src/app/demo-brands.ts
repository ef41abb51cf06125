import type { Config } from '../config/schema.ts';
import { demoBrands } from '../ingest/sources/demo/demo-brands.ts';

/** Adds the brands of the demo source if the config names no brands and no other source. */
export function withDemoBrands<C extends Config>(config: C): C {
  return (config.source ?? 'demo') === 'demo' && config.brands.length === 0 ? { ...config, brands: [...demoBrands] } : config;
}
