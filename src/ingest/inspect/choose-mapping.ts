import { type MappingInput, type PresetName, presetNames, resolveMapping } from '../../config/mapping.ts';
import { presets } from '../../config/presets/index.ts';
import { presetMarkers } from '../../config/presets/markers.ts';
import type { ParseMessage } from '../decode/message-parser.ts';
import { type CompiledMapping, compileMapping, type MappedField, mappedFields } from '../mapping/compile-mapping.ts';
import { analyzeSample, type SampleAnalysis, type SampleMessage, scopesOf } from './analyze-sample.ts';
import { proposeMapping } from './propose-mapping.ts';

/** Where a mapping comes from: set in the config, built in, the preset of a recognized format, or proposed from the messages. */
export type MappingOrigin = 'config' | 'default' | 'preset' | 'proposal';

export interface MappingReport extends SampleAnalysis {
  readonly origin: MappingOrigin;
  readonly mapping: MappingInput;
  /** The preset whose format most messages have. */
  readonly recognizedPreset?: PresetName;
}

export interface ChooseOptions {
  /** The mapping to use; if absent, the one that fits best is chosen. */
  readonly configured?: MappingInput;
  createParser(mapping: CompiledMapping): ParseMessage;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/**
 * Analyzes a sample with the configured mapping; without one, with the default mapping if most messages are posts with it,
 * else with the preset of their format, else with a mapping proposed from their fields.
 */
export async function reportMapping(
  messages: readonly SampleMessage[],
  { configured, createParser, now }: ChooseOptions,
): Promise<MappingReport> {
  const recognized = recognizePreset(messages, now);
  const report = async (origin: MappingOrigin, mapping: MappingInput): Promise<MappingReport> => {
    const compiled = compileMapping(mapping);
    const analysis = await analyzeSample(messages, { mapping: compiled, fields: ownFields(mapping), parse: createParser(compiled), now });
    return { origin, mapping, ...(recognized === undefined ? {} : { recognizedPreset: recognized }), ...analysis };
  };
  if (configured) return report('config', configured);
  if (recognized !== undefined) {
    const preset = await report('preset', { preset: recognized });
    return preset.deadLetters['missing-text'] === undefined ? preset : completePreset(preset, messages, now, report);
  }
  const byDefault = await report('default', {});
  if (isGood(byDefault)) return byDefault;
  const proposed = proposeMapping(decodeMessages(messages, now));
  const proposal = proposed && (await report('proposal', proposed));
  return proposal && proposal.postMessages > byDefault.postMessages ? proposal : byDefault;
}

/** The fields of a mapping and of its preset; those of the default mapping only if nothing else is set. */
function ownFields(mapping: MappingInput): MappedField[] {
  const { platformName, preset, ...own } = mapping;
  const isDefault = preset === undefined && Object.keys(own).length === 0;
  const settings = isDefault ? resolveMapping(mapping) : { ...own, ...(preset === undefined ? {} : presets[preset]) };
  return mappedFields.filter((field) => field in settings && !(field === 'platform' && platformName !== undefined));
}

/** Most messages that are not left out are posts. */
const isGood = ({ messages, skipped, postMessages }: SampleAnalysis): boolean =>
  postMessages > 0 && postMessages >= 0.8 * (messages - Object.values(skipped).reduce((sum, count) => sum + count, 0));

/** The rows of change events have columns of any name: those that the preset does not find are proposed. */
async function completePreset(
  preset: MappingReport,
  messages: readonly SampleMessage[],
  now: number,
  report: (origin: MappingOrigin, mapping: MappingInput) => Promise<MappingReport>,
): Promise<MappingReport> {
  const proposed = proposeMapping(decodeMessages(messages, now));
  if (!proposed) return preset;
  const missing = ['text', ...preset.neverFound].filter((field) => field in proposed);
  const additions = Object.fromEntries(missing.map((field) => [field, proposed[field as keyof MappingInput]])); // as just checked
  const completed = await report('preset', { ...preset.mapping, ...additions });
  return completed.postMessages > preset.postMessages ? completed : preset;
}

const minRecognizedShare = 0.4;

/** The preset whose markers most messages have. */
function recognizePreset(messages: readonly SampleMessage[], now: number): PresetName | undefined {
  let best: { readonly preset: PresetName; readonly count: number } | undefined;
  for (const preset of presetNames) {
    const marker = compileMapping({ onlyWhen: presetMarkers[preset] });
    const count = messages.filter((message) => scopesOf(message, marker, now).some((scope) => marker.onlyWhen?.(scope))).length;
    if (count >= minRecognizedShare * messages.length && count > (best?.count ?? 0)) best = { preset, count };
  }
  return best?.preset;
}

const wholeMessage = compileMapping({});

/** The values of the messages that are JSON. */
function decodeMessages(messages: readonly SampleMessage[], now: number): unknown[] {
  return messages.flatMap((message) => scopesOf(message, wholeMessage, now).map(({ element }) => element));
}
