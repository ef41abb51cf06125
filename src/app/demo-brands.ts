import type { Config } from '../config/schema.ts';
import { demoBrands } from '../ingest/sources/demo/demo-brands.ts';

/** The config, with the brands of the demo feed where that is the feed and the config names none. */
export function withDemoBrands(config: Config): Config {
  return config.source === 'demo' && config.brands.length === 0 ? { ...config, brands: [...demoBrands] } : config;
}
