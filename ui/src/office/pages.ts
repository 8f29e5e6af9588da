// The pages of the office: what each needs, and the file that is fetched when it is opened. A later family adds lines here.
import type { Component } from 'svelte';
import Monitor from '@lucide/svelte/icons/monitor';
import BellRing from '@lucide/svelte/icons/bell-ring';
import MapPin from '@lucide/svelte/icons/map-pin';
import Tag from '@lucide/svelte/icons/tag';
import Users from '@lucide/svelte/icons/users';
import KeyRound from '@lucide/svelte/icons/key-round';
import UserRound from '@lucide/svelte/icons/user-round';
import { m } from '$lib/i18n';
import type { Right } from '$lib/protocol/Right';

export interface Page {
  /** What stands behind the `#` of the address. */
  readonly key: string;
  readonly title: () => string;
  readonly icon: typeof Users;
  /** Nobody needs a right for the own account. */
  readonly needs: Right | null;
  readonly load: () => Promise<{ default: Component }>;
}

export const PAGES: readonly Page[] = [
  { key: 'workers', title: m.office_workers, icon: Users, needs: 'see_workers', load: () => import('./workers/WorkersPage.svelte') },
  { key: 'workstations', title: m.office_workstations, icon: MapPin, needs: 'see_stations', load: () => import('./plant/WorkstationsPage.svelte') },
  { key: 'stations', title: m.office_stations, icon: Monitor, needs: 'see_stations', load: () => import('./plant/StationsPage.svelte') },
  { key: 'labels', title: m.office_labels, icon: Tag, needs: 'see_labels', load: () => import('./labels/LabelsPage.svelte') },
  { key: 'alarms', title: m.alarms, icon: BellRing, needs: 'see_alarms', load: () => import('./alarms/AlarmsPage.svelte') },
  { key: 'accounts', title: m.office_accounts, icon: KeyRound, needs: 'see_accounts', load: () => import('./accounts/AccountsPage.svelte') },
  { key: 'own', title: m.office_own_title, icon: UserRound, needs: null, load: () => import('./own/OwnAccountPage.svelte') },
];
