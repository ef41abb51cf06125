import type { Config } from '../config/schema.ts';
import { demoBrands } from '../ingest/sources/demo/demo-brands.ts';

/** Adds the demo brands if the config has no brands and no source other than `demo`. */
export function withDemoBrands<C extends Config>(config: C): C {
  return (config.source ?? 'demo') === 'demo' && config.brands.length === 0 ? { ...config, brands: [...demoBrands] } : config;
}
