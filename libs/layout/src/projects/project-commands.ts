/** What can be asked for about projects, as the commands that `handleCommand` takes. */
import { type Command, command } from '@plenum/event';
import { projectStream } from '../streams.ts';
import { type ProjectCommand, project } from './project.ts';

type Of<Do extends ProjectCommand['do']> = Omit<Extract<ProjectCommand, { readonly do: Do }>, 'do'>;

/** A project under a new id. */
export const createProject = (asked: Of<'create'>): Command => made({ do: 'create', ...asked });

/** A project under a new id, as a project document has it. */
export const importProject = (asked: Of<'import'>): Command => made({ do: 'import', ...asked });

type Making = Extract<ProjectCommand, { readonly do: 'create' | 'import' }>;

const made = (data: Making): Command =>
  command({
    ...{ name: `layout.${data.do}-project`, stream: projectStream(data.projectId) },
    ...{ newId: true, decider: project, data },
  });

/** Everything else is about one that is there. */
export const decideProject = (projectId: string, data: Exclude<ProjectCommand, Making>): Command =>
  command({ name: `layout.${data.do}-project`, stream: projectStream(projectId), decider: project, data });
