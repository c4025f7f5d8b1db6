import { defineEvent } from '@plenum/event';
import {
  type CeilingMeasuredV1,
  ceilingMeasuredV1,
  type LayoutApprovedV1,
  type LayoutCalculatedV1,
  layoutApprovedV1,
  layoutCalculatedV1,
  type MaterialChangedV1,
  materialChangedV1,
  type ProjectArchivedV1,
  type ProjectCreatedV1,
  type ProjectRenamedV1,
  type ProjectRestoredV1,
  projectArchivedV1,
  projectCreatedV1,
  projectRenamedV1,
  projectRestoredV1,
} from '../generated/schemas.ts';
import { layoutDecisionsTopic } from '../topics.ts';

const ofProject = {
  topic: layoutDecisionsTopic.name,
  key: ({ project_id }: { readonly project_id: string }) => project_id,
};

export const ProjectCreated = defineEvent<ProjectCreatedV1>()({ ...ofProject, schemas: [projectCreatedV1] });
export const ProjectRenamed = defineEvent<ProjectRenamedV1>()({ ...ofProject, schemas: [projectRenamedV1] });
export const CeilingMeasured = defineEvent<CeilingMeasuredV1>()({ ...ofProject, schemas: [ceilingMeasuredV1] });
export const MaterialChanged = defineEvent<MaterialChangedV1>()({ ...ofProject, schemas: [materialChangedV1] });
export const LayoutCalculated = defineEvent<LayoutCalculatedV1>()({ ...ofProject, schemas: [layoutCalculatedV1] });
export const LayoutApproved = defineEvent<LayoutApprovedV1>()({ ...ofProject, schemas: [layoutApprovedV1] });
export const ProjectArchived = defineEvent<ProjectArchivedV1>()({ ...ofProject, schemas: [projectArchivedV1] });
export const ProjectRestored = defineEvent<ProjectRestoredV1>()({ ...ofProject, schemas: [projectRestoredV1] });
