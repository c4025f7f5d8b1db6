/** Commands about ceiling projects. */
import { commandsOf, type Route } from '@plenum/http';
import { Type } from 'typebox';
import { createProject, decideProject, importProject } from '../projects/project-commands.ts';
import type { LayoutServices } from '../services.ts';
import { ofCeilings } from './ceilings.ts';
import {
  body,
  ceilingFields,
  describedFields,
  given,
  nameField,
  priceFields,
  priceOf,
  strategyField,
} from './fields.ts';

const measurements = body(ceilingFields, 'CeilingMeasurements');
const price = body(priceFields, 'CeilingMaterial');

const newProject = body(
  {
    name: nameField,
    ...describedFields,
    measurements: Type.Optional(Type.Object(ceilingFields, { additionalProperties: false })),
    material: Type.Optional(Type.Object(priceFields, { additionalProperties: false })),
  },
  'NewCeilingProject',
);

const projectChange = body({ name: Type.Optional(nameField), ...describedFields }, 'CeilingProjectChange');

const imported = body(
  {
    name: nameField,
    ...describedFields,
    document: Type.Unsafe<Readonly<Record<string, unknown>>>({
      ...{ type: 'object', additionalProperties: true },
      description: 'A project document, such as `ceiling_project.json`; older generations too.',
    }),
  },
  'CeilingProjectImport',
);

export const ceilingCommands = (services: LayoutServices): readonly Route[] => [
  ...making(services),
  ...changing(services),
  ...deciding(services),
];

const commandsOfCeilings = (services: LayoutServices, permission: string) =>
  commandsOf({ ...services, ...ofCeilings, access: { permission } });

const making = (services: LayoutServices): readonly Route[] => {
  const { handle, newId } = services;
  const { making: made } = commandsOfCeilings(services, 'write:projects');
  return [
    made({
      operationId: 'createCeilingProject',
      summary: 'A new ceiling project',
      body: newProject,
      run: ({ body: { measurements: ceiling, material, ...described } }, metadata) => {
        const parts = given({ ceiling, price: material && priceOf(material) });
        return handle(createProject({ projectId: newId(), described, ...parts, actor: metadata.actor }), metadata);
      },
    }),
    made({
      at: '/import',
      operationId: 'importCeilingProject',
      summary: 'A new ceiling project, as a project document has it',
      description: 'Its layout is the one of the document, whichever rules made it.',
      body: imported,
      run: ({ body: { document, ...described } }, { actor, ...metadata }) => {
        const ids = { projectId: newId(), calculationId: newId() };
        return handle(importProject({ ...ids, described, document, actor }), { actor, ...metadata });
      },
    }),
  ];
};

const changing = (services: LayoutServices): readonly Route[] => {
  const { handle } = services;
  const { about } = commandsOfCeilings(services, 'write:projects');
  return [
    about(
      { method: 'PATCH' },
      {
        operationId: 'changeCeilingProject',
        summary: 'Another name, description, tags or metadata; what is not given stays',
        body: projectChange,
        run: ({ params: { id }, body: described }, metadata) =>
          handle(decideProject(id, { do: 'change', described, actor: metadata.actor }), metadata),
      },
    ),
    about(
      { method: 'PUT', at: '/measurements' },
      {
        operationId: 'measureCeiling',
        summary: 'Measure the ceiling; a layout of other measurements is not its layout any more',
        body: measurements,
        run: ({ params: { id }, body: ceiling }, metadata) =>
          handle(decideProject(id, { do: 'change', ceiling, actor: metadata.actor }), metadata),
      },
    ),
    about(
      { method: 'PUT', at: '/material' },
      {
        operationId: 'chooseCeilingMaterial',
        summary: 'Choose what panels are made of, and how it is priced; ends an approval',
        body: price,
        run: ({ params: { id }, body: chosen }, metadata) => {
          const asked = { do: 'change', price: priceOf(chosen) ?? {}, actor: metadata.actor } as const;
          return handle(decideProject(id, asked), metadata);
        },
      },
    ),
  ];
};

const deciding = (services: LayoutServices): readonly Route[] => {
  const { handle, newId } = services;
  const { about } = commandsOfCeilings(services, 'write:projects');
  const approving = commandsOfCeilings(services, 'approve:projects');
  return [
    about(
      { at: '/layout' },
      {
        operationId: 'calculateCeilingLayout',
        summary: 'Lay panels out, and keep the layout',
        body: body({ strategy: Type.Optional(strategyField) }, 'LayoutOrder'),
        absentBodyIsEmpty: true,
        run: ({ params: { id }, body: { strategy } }, metadata) => {
          const asked = { do: 'calculate', calculationId: newId(), strategy, actor: metadata.actor } as const;
          return handle(decideProject(id, asked), metadata);
        },
      },
    ),
    approving.about(
      { at: '/approval' },
      {
        operationId: 'approveCeilingLayout',
        summary: 'Approve the layout at its price',
        body: body(
          {
            calculation_id: Type.Optional(
              Type.String({ maxLength: 64, description: 'The one that was looked at; the present one unless given.' }),
            ),
          },
          'LayoutApproval',
        ),
        absentBodyIsEmpty: true,
        run: ({ params: { id }, body: { calculation_id: calculationId } }, metadata) =>
          handle(decideProject(id, { do: 'approve', calculationId, actor: metadata.actor }), metadata),
      },
    ),
    about(
      { at: '/archive' },
      {
        operationId: 'archiveCeilingProject',
        summary: 'Put a project away',
        run: ({ params: { id } }, metadata) =>
          handle(decideProject(id, { do: 'archive', actor: metadata.actor }), metadata),
      },
    ),
    about(
      { at: '/restore' },
      {
        operationId: 'restoreCeilingProject',
        summary: 'Take an archived project back as it was',
        run: ({ params: { id } }, metadata) =>
          handle(decideProject(id, { do: 'restore', actor: metadata.actor }), metadata),
      },
    ),
  ];
};
