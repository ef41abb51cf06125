import { describeRenamedVariable, variableName } from './renamed-keys.ts';
import { configJsonSchema, type JsonSchema, suggest } from './suggest-setting.ts';

const prefix = 'FEEDPULSE_';

interface VariableTarget {
  readonly path: readonly string[];
  /** JSON Schema type. */
  readonly type: string;
}

/** The settings that environment variables can set, by variable name. Settings inside lists and records have none. */
export function environmentVariables(): ReadonlyMap<string, VariableTarget> {
  const variables = new Map<string, VariableTarget>();
  collectVariables(configJsonSchema(), [], variables);
  return variables;
}

function collectVariables(schema: JsonSchema, path: string[], into: Map<string, VariableTarget>): void {
  for (const [key, child] of Object.entries(schema.properties ?? {})) {
    const childPath = [...path, key];
    if (child.properties) collectVariables(child, childPath, into);
    else if (child.type !== 'array' || child.items?.type === 'string')
      into.set(variableName(childPath), { path: childPath, type: child.type ?? 'string' });
  }
}

export interface EnvironmentSettings {
  readonly settings: readonly (readonly [path: readonly string[], value: unknown])[];
  readonly problems: readonly string[];
}

/** Reads every setting from the environment. Variables that Kubernetes injects for a Service are ignored. */
export function readEnvironment(env: NodeJS.ProcessEnv): EnvironmentSettings {
  const known = environmentVariables();
  const problems: string[] = [];
  const settings: [readonly string[], unknown][] = [];
  for (const [name, value] of Object.entries(env)) {
    if (!name.startsWith(prefix) || value === undefined || isServiceVariable(name, value)) continue;
    const target = known.get(name);
    if (target) settings.push([target.path, parseVariable(value, target.type)]);
    else problems.push(describeRenamedVariable(name) ?? `${name}: unknown setting${suggest(name, [...known.keys()])}`);
  }
  return { settings, problems };
}

/**
 * Whether Kubernetes or Docker set a variable for a Service named `feedpulse` or `feedpulse-…`. Their names can be those of
 * settings (`FEEDPULSE_SERVER_PORT` of a Service `feedpulse-server`), so an address must be recognized by its value.
 */
function isServiceVariable(name: string, value: string): boolean {
  if (/_SERVICE_(HOST|PORT(_[A-Z0-9_]+)?)$/.test(name)) return true;
  if (/_PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?$/.test(name)) return true;
  return /_PORT$/.test(name) && /^(tcp|udp|sctp):\/\//.test(value);
}

function parseVariable(value: string, type: string): unknown {
  if (type === 'array') return value.split(',').map((part) => part.trim());
  if (type === 'boolean') return value === 'true' ? true : value === 'false' ? false : value;
  if ((type === 'number' || type === 'integer') && value.trim() !== '') return Number(value);
  return value;
}
