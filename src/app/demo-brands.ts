import { type Config, configuredSources } from '../config/schema.ts';
import { demoBrands } from '../ingest/sources/demo/demo-brands.ts';

/** Adds the demo brands if the config has no brands and no source other than `demo`. */
export function withDemoBrands<C extends Config>(config: C): C {
  const isDemo = configuredSources(config).every(({ type }) => type === 'demo');
  return isDemo && config.brands.length === 0 ? { ...config, brands: [...demoBrands] } : config;
}
