/** The rules about one ceiling project. */
import {
  type Actor,
  actorName,
  type Decided,
  type Decider,
  decided,
  type NewEvent,
  newEvent,
  refused,
} from '@plenum/event';
import { ceilingDefaults } from '../ceiling/ceiling-input.ts';
import { type CeilingDefaults, checkCeiling } from '../ceiling/check-ceiling.ts';
import type { Checked } from '../input-problem.ts';
import { figuresOf } from '../panels/compare.ts';
import { materialOfDocument } from '../project-document/document-price.ts';
import type { DocumentCosts, DocumentMaterial } from '../project-document/project-document.ts';
import { readProjectDocument } from '../project-document/read-document.ts';
import type { Strategy } from '../strategies.ts';
import { checkDescribed, type Described } from './described.ts';
import { problemsOf, refusedFor } from './faults.ts';
import { type Kept, keptOf, type Measured, measuredOf } from './laid-out.ts';
import { checkPrice, costsAt, type Price } from './price.ts';
import {
  CeilingMeasured,
  LayoutApproved,
  LayoutCalculated,
  MaterialChanged,
  ProjectArchived,
  ProjectCreated,
  ProjectRenamed,
  ProjectRestored,
} from './project-events.ts';
import { type Project, type ProjectState, projectAfter } from './project-state.ts';

/** What clients give, as they gave it: the rules say all that is wrong with it. */
export type ProjectGiven = {
  /** `{name, description, tags, metadata}`; what is not given stays. */
  readonly described?: unknown;
  /** A ceiling without a strategy: all of it, with defaults for what is not given. */
  readonly ceiling?: unknown;
  /** `{material, waste_factor, labor_multiplier}`. */
  readonly price?: unknown;
  /** What goes before the defaults of a ceiling, such as the gap that some clients take for granted. */
  readonly ceilingDefaults?: CeilingDefaults;
};

type Asked = {
  readonly create: ProjectGiven & { readonly projectId: string };
  /** One that a project document says all of. */
  readonly import: {
    readonly projectId: string;
    readonly calculationId: string;
    readonly described: unknown;
    readonly document: unknown;
  };
  readonly change: ProjectGiven;
  readonly calculate: { readonly calculationId: string; readonly strategy?: Strategy | undefined };
  /** The layout that was looked at; the present one unless given. */
  readonly approve: { readonly calculationId?: string | undefined };
  readonly archive: object;
  readonly restore: object;
};

type By = { readonly actor: Actor };

export type ProjectCommand = { readonly [Do in keyof Asked]: { readonly do: Do } & Asked[Do] & By }[keyof Asked];

const decide = (state: ProjectState, command: ProjectCommand): Decided => {
  if (command.do === 'create' || command.do === 'import') {
    if (state !== undefined) return refused('exists', 'There is such a project already.');
    return command.do === 'create' ? create(command) : importDocument(command);
  }
  if (state === undefined) return refused('not-found', 'There is no such project.');
  const ofProject = { project_id: state.projectId, by: actorName(command.actor) };
  if (command.do === 'archive') return state.isArchived ? decided() : decided(newEvent(ProjectArchived, ofProject));
  if (command.do === 'restore') return state.isArchived ? decided(newEvent(ProjectRestored, ofProject)) : decided();
  if (state.isArchived) return refused('not-now', 'The project is archived; restore it first.');
  switch (command.do) {
    case 'change':
      return change(state, command, ofProject);
    case 'calculate':
      return calculate(state, command, ofProject);
    case 'approve':
      return approve(state, command, ofProject);
  }
};

/** What every event of a project says. */
type OfProject = { readonly project_id: string; readonly by: string };

const create = ({ projectId, actor, ...given }: Asked['create'] & By): Decided => {
  const checks = checkedOf({ ...given, described: given.described ?? {} });
  const wrong = refusedFor(problemsOf(...Object.values(checks)));
  if (wrong !== undefined) return wrong;
  const { described, ceiling, price } = valuesOf(checks);
  if (described === undefined) return decided();
  return decided(...beginning({ project_id: projectId, by: actorName(actor) }, { described, ceiling, price }));
};

type Parts = {
  readonly described?: Described | undefined;
  readonly ceiling?: Measured | undefined;
  readonly price?: Price | undefined;
};

const beginning = (ofProject: OfProject, { described, ...rest }: Parts & { readonly described: Described }) => [
  newEvent(ProjectCreated, { ...ofProject, ...described }),
  ...changes(ofProject, rest),
];

/** An event of each part that is there. */
const changes = (ofProject: OfProject, { described, ceiling, price }: Parts): readonly NewEvent[] => [
  ...(described === undefined ? [] : [newEvent(ProjectRenamed, { ...ofProject, ...described })]),
  ...(ceiling === undefined ? [] : [newEvent(CeilingMeasured, { ...ofProject, ...ceiling })]),
  ...(price === undefined ? [] : [newEvent(MaterialChanged, { ...ofProject, ...recordedPrice(price) })]),
];

const recordedPrice = ({ material, waste_factor, labor_multiplier }: Price) => ({
  material: { ...material, key: material.key },
  waste_factor,
  labor_multiplier: labor_multiplier ?? undefined,
});

const checkedOf = (given: ProjectGiven, before?: Described) => ({
  described: given.described === undefined ? undefined : checkDescribed(given.described, before),
  ceiling: given.ceiling === undefined ? undefined : checkMeasured(given.ceiling, given.ceilingDefaults),
  price: given.price === undefined ? undefined : checkPrice(given.price),
});

const checkMeasured = (given: unknown, defaults: CeilingDefaults = {}): Checked<Measured> => {
  const ceiling = checkCeiling(given, defaults);
  return 'problems' in ceiling ? ceiling : { value: measuredOf(ceiling.value) };
};

const valuesOf = ({ described, ceiling, price }: ReturnType<typeof checkedOf>): Parts => ({
  described: checkedValue(described),
  ceiling: checkedValue(ceiling),
  price: checkedValue(price),
});

const checkedValue = <T>(check: Checked<T> | undefined): T | undefined =>
  check !== undefined && 'value' in check ? check.value : undefined;

const change = (state: Project, { actor: _, ...given }: Asked['change'] & By, ofProject: OfProject): Decided => {
  const checks = checkedOf(given, state.described);
  const wrong = refusedFor(problemsOf(...Object.values(checks)));
  if (wrong !== undefined) return wrong;
  const { described, ceiling, price } = valuesOf(checks);
  return decided(
    ...changes(ofProject, {
      described: unlessSame(described, state.described),
      ceiling: unlessSame(ceiling, state.ceiling),
      price: unlessSame(price, state.price),
    }),
  );
};

const unlessSame = <T extends object>(now: T | undefined, before: T | undefined): T | undefined =>
  now === undefined || (before !== undefined && isSame(now, before)) ? undefined : now;

/** What was decoded may have its fields in another order than what was checked. */
const isSame = (one: unknown, other: unknown): boolean => {
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return one === other;
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  const [left, right] = [one, other] as readonly Readonly<Record<string, unknown>>[]; // Neither is null.
  return [...names].every((name) => isSame(left?.[name], right?.[name]));
};

const calculate = (state: Project, asked: Asked['calculate'], ofProject: OfProject): Decided => {
  const { ceiling, calculation } = state;
  if (ceiling === undefined) return refused('not-now', 'The ceiling is not measured yet.');
  const kept = keptOf(ceiling, asked.strategy ?? calculation?.strategy ?? ceilingDefaults.strategy);
  if (typeof kept === 'string') return refused('invalid', kept);
  if (calculation !== undefined) {
    const { calculationId: _, isApproved: __, ...before } = calculation;
    if (isSame(kept, before)) return decided();
  }
  return decided(calculated(ofProject, asked.calculationId, kept));
};

const calculated = (ofProject: OfProject, calculation_id: string, kept: Kept): NewEvent =>
  newEvent(LayoutCalculated, { ...ofProject, calculation_id, ...kept });

const approve = ({ calculation, price }: Project, asked: Asked['approve'], ofProject: OfProject): Decided => {
  if (calculation === undefined) return refused('not-now', 'There is no layout of the ceiling as it is measured now.');
  const { calculationId, layout } = calculation;
  if (asked.calculationId !== undefined && asked.calculationId !== calculationId) {
    return refused('not-now', 'This is not the layout any more; another one was calculated.');
  }
  if (calculation.isApproved) return decided();
  const total_cost = price === undefined ? undefined : costsAt(price, layout).total_cost;
  return decided(newEvent(LayoutApproved, { ...ofProject, calculation_id: calculationId, total_cost }));
};

const importDocument = ({ projectId, calculationId, actor, ...given }: Asked['import'] & By): Decided => {
  const described = checkDescribed(given.described);
  const document = readProjectDocument(given.document);
  if ('problems' in described || 'problems' in document) {
    return refusedFor(problemsOf(described, document)) ?? decided();
  }
  const { ceiling: size, spacing, layout, material, costs } = document.value;
  const { length_mm, width_mm } = size;
  const measured = checkMeasured({ length_mm, width_mm, ...spacing, ...limitsOf(layout) });
  const wrong = refusedFor(problemsOf(measured));
  const ceiling = checkedValue(measured);
  if (wrong !== undefined || ceiling === undefined) return wrong ?? decided();
  const ofProject = { project_id: projectId, by: actorName(actor) };
  const { strategy } = ceilingDefaults;
  const kept = { strategy, ceiling, layout, score: figuresOf(ceiling, layout).balanced_score, algorithm: 'imported' };
  return decided(
    ...beginning(ofProject, { described: described.value, ceiling, price: material && priceIn(material, costs) }),
    calculated(ofProject, calculationId, kept),
  );
};

/** A document says of its panels how large they are, and not how large they might have been. */
const limitsOf = ({ panel_length_mm, panel_width_mm, panels_per_row, panels_per_column }: Kept['layout']) => {
  const { max_panel_dimension_mm: max, min_panel_dimension_mm: min, max_panels_per_dimension } = ceilingDefaults;
  return {
    max_panel_dimension_mm: Math.max(max, panel_length_mm, panel_width_mm),
    min_panel_dimension_mm: Math.min(min, panel_length_mm, panel_width_mm),
    max_panels_per_dimension: Math.max(max_panels_per_dimension, panels_per_row, panels_per_column),
  };
};

/** Documents of one generation have no costs beside what the panels cost: nothing is wasted there, and nobody is paid. */
const priceIn = (material: DocumentMaterial, costs: DocumentCosts | undefined): Price => {
  const found = materialOfDocument(material);
  return {
    material: found.key === undefined ? { ...found, category: material.category } : found,
    waste_factor: costs?.waste_factor ?? 0,
    labor_multiplier: costs?.labor_multiplier ?? null,
  };
};

export const project: Decider<ProjectState, ProjectCommand> = { initial: undefined, decide, evolve: projectAfter };
