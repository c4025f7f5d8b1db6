/** What is known of a project after each of its events. */
import { isEvent, type NewEvent } from '@plenum/event';
import type { Material } from '../materials/material.ts';
import type { Strategy } from '../strategies.ts';
import type { Described } from './described.ts';
import type { Kept, Measured } from './laid-out.ts';
import type { Price } from './price.ts';
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

/** `undefined`: there is no such project. */
export type ProjectState = Project | undefined;

export type Project = {
  readonly projectId: string;
  readonly described: Described;
  readonly ceiling: Measured | undefined;
  readonly price: Price | undefined;
  /** Of the ceiling as it is measured now. */
  readonly calculation: Calculation | undefined;
  readonly isArchived: boolean;
};

export type Calculation = Kept & {
  readonly calculationId: string;
  /** At the price as it is now. */
  readonly isApproved: boolean;
};

export const projectAfter = (state: ProjectState, happened: NewEvent): ProjectState => {
  if (isEvent(ProjectCreated, happened)) {
    const { project_id: projectId, by: _, ...described } = happened.data;
    return {
      ...{ projectId, described, isArchived: false },
      ceiling: undefined,
      price: undefined,
      calculation: undefined,
    };
  }
  return state && changedBy(state, happened);
};

const changedBy = (state: Project, happened: NewEvent): Project => {
  if (isEvent(ProjectRenamed, happened)) {
    const { project_id: _, by: __, ...described } = happened.data;
    return { ...state, described };
  }
  if (isEvent(CeilingMeasured, happened)) {
    const { project_id: _, by: __, ...ceiling } = happened.data;
    return { ...state, ceiling, calculation: undefined };
  }
  if (isEvent(MaterialChanged, happened)) {
    const { material, waste_factor, labor_multiplier = null } = happened.data;
    const price = { material: materialOf(material), waste_factor, labor_multiplier };
    return { ...state, price, calculation: approved(state, false) };
  }
  if (isEvent(LayoutCalculated, happened)) {
    const { project_id: _, by: __, calculation_id: calculationId, strategy, ...kept } = happened.data;
    // Only strategies that we know are recorded.
    return { ...state, calculation: { ...kept, calculationId, strategy: strategy as Strategy, isApproved: false } };
  }
  if (isEvent(LayoutApproved, happened)) return { ...state, calculation: approved(state, true) };
  if (isEvent(ProjectArchived, happened)) return { ...state, isArchived: true };
  return isEvent(ProjectRestored, happened) ? { ...state, isArchived: false } : state;
};

const approved = ({ calculation }: Project, isApproved: boolean): Calculation | undefined =>
  calculation && { ...calculation, isApproved };

type Recorded = Omit<Material, 'key' | 'category'> & { readonly key: string | undefined; readonly category: string };

/** Only materials that passed the check are recorded, so keys and categories are among those we know. */
export const materialOf = ({ key, ...material }: Recorded): Material =>
  (key === undefined ? material : { key, ...material }) as Material;
