//! Backups, restoring and moving: nothing is lost, and nothing is ever written over.

use std::path::{Path, PathBuf};

use chrono::TimeDelta;
use cordwainer_protocol::sync::{ProblemCode, VerdictStatus};
use cordwainer_server::backup::{self, BackupFault, Keep, Made};
use cordwainer_server::boot::{Config, Server};
use cordwainer_server::test_support::{factory, postgres};
use cordwainer_server::verify::verify;

use crate::world::{Engine, World, both_engines};

async fn made(world: &World, to: &Path) -> Result<Made, BackupFault> {
    backup::make(&world.config, to, None, Keep::default()).await
}

/// An empty place on an engine, with the world's clock.
async fn elsewhere(world: &World, engine: Engine, folder: &Path) -> Config {
    let database_url = match engine {
        Engine::Sqlite => None,
        Engine::Postgres => Some(postgres::fresh_database().await),
    };
    Config { database_url, clock: world.clock.clone(), ..Config::embedded(folder) }
}

/// A factory whose stations have worked.
async fn worked(world: &World) -> crate::station::Station {
    factory::release(world.store(), 1..=5).await;
    let mut cutting = world.enrol("cut-1").await;
    cutting.push(&[cutting.sign_off(1, 0), cutting.sign_off(2, 0)]).await.unwrap();
    let mut again = world.enrol("cut-1").await;
    again.push(&[again.sign_off(1, 0)]).await.unwrap();
    cutting.pull().await;
    cutting
}

fn other(engine: Engine) -> Engine {
    if engine == Engine::Sqlite { Engine::Postgres } else { Engine::Sqlite }
}

both_engines!(a_backup_is_restored_on_either_engine_and_begins_another_life, world => {
    let folder = tempfile::tempdir().unwrap();
    let mut station = worked(&world).await;
    let made = made(&world, &folder.path().join("backups")).await.unwrap();
    assert!(made.manifest.proven_entries > 10, "it was proven in a scratch database");
    station.push(&[station.sign_off(3, 0)]).await.unwrap();

    // The same engine, and the other one: the form is portable.
    for engine in [world.engine, other(world.engine)] {
        let place = folder.path().join(format!("{engine:?}"));
        let config = elsewhere(&world, engine, &place).await;
        let restored = backup::restore(&config, &made.backup).await.unwrap();
        assert_ne!(restored.epoch, restored.epoch_before, "a restore begins another life");
        assert_eq!(restored.stations, 2, "both are still enrolled");
        let server = Server::start(config.clone()).await.unwrap();
        let mut back = station.cloned_disk();
        back.url_of(&server.stations_url());
        let cursor = back.cursor.clone();
        let refused = back.page(cursor.as_deref(), 100).await;
        let refused = match refused {
            Err((_, problem)) if problem.code == ProblemCode::StaleNonce => back.page(cursor.as_deref(), 100).await,
            other => other,
        };
        assert_eq!(refused.unwrap_err().1.code, ProblemCode::Epoch, "its cursor is of the life before");
        let report = verify(&server.store).await.unwrap();
        assert!(report.is_ok(), "what was restored adds up: {:?}", report.problems);
        assert_eq!(report.actions, 8, "everything up to the backup is there");
        server.shutdown().await;
    }
});

both_engines!(a_database_that_moves_to_the_other_engine_goes_on_with_the_same_history, world => {
    let folder = tempfile::tempdir().unwrap();
    let mut station = worked(&world).await;
    let (epoch, checkpoint) = (world.store().epoch().await.unwrap(), world.store().checkpoint(&factory::site()).await.unwrap());
    let config = elsewhere(&world, other(world.engine), &folder.path().join("moved")).await;
    let moved = backup::move_to(&world.config, &config).await.unwrap();
    assert_eq!(moved.epoch, epoch, "it is the same life");

    let refused = station.push(&[station.sign_off(3, 0)]).await;
    assert_eq!(refused.unwrap_err().0, 500, "the old database takes nothing more");
    let server = Server::start(config).await.unwrap();
    station.url_of(&server.stations_url());
    let page = station.pull().await;
    assert!(page.changes.is_empty(), "the station's cursor is good, and nothing changed");
    let head = page.audit_checkpoint.unwrap();
    assert!(head.audit_seq >= checkpoint.audit_seq.cast_unsigned(), "the chain goes on");
    let mut fresh = crate::station::Station::on(&server, &world, "cut-1").await;
    let reply = fresh.push(&[fresh.sign_off(4, 0)]).await.unwrap();
    assert_eq!(reply.verdicts[0].status, VerdictStatus::Applied, "work goes on");
    let kept = cordwainer_server::verify::verify_with(&server.store, &[checkpoint]).await.unwrap();
    assert!(kept.is_ok(), "and agrees with what was seen before the move: {:?}", kept.problems);
    let again = backup::move_to(&world.config, &elsewhere(&world, world.engine, &folder.path().join("twice")).await).await;
    assert!(matches!(again, Err(BackupFault::HasMoved(_))), "a database moves once");
    server.shutdown().await;
});

both_engines!(nothing_is_ever_restored_or_moved_over_a_database, world => {
    let folder = tempfile::tempdir().unwrap();
    worked(&world).await;
    let made = made(&world, folder.path()).await.unwrap();
    let over = backup::restore(&world.config, &made.backup).await;
    assert!(over.is_err(), "the database in use is not empty");
    let moved = backup::move_to(&elsewhere(&world, Engine::Sqlite, &folder.path().join("a")).await, &world.config).await;
    assert!(moved.is_err(), "nor is anything moved over it");
    world.proven().await;
});

both_engines!(a_damaged_history_is_not_backed_up_and_older_backups_stay, world => {
    let folder = tempfile::tempdir().unwrap();
    worked(&world).await;
    let good = made(&world, folder.path()).await.unwrap();
    world.disarm("action_log").await;
    world.tamper("UPDATE action_log SET occurred_at = occurred_at - 1 WHERE worker_id IS NOT NULL").await;
    world.clock.advance(TimeDelta::days(1));
    let refused = made(&world, folder.path()).await.unwrap_err();
    assert!(matches!(refused, BackupFault::Damaged { .. }), "{refused}");
    assert!(refused.to_string().contains("the row is not what the audit chain says of it"), "{refused}");
    let left: Vec<PathBuf> = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(left, [good.backup], "the good one stays, and no half one is left");
});

both_engines!(a_backup_that_was_altered_is_not_restored, world => {
    let folder = tempfile::tempdir().unwrap();
    worked(&world).await;
    let made = made(&world, folder.path()).await.unwrap();
    let rows = made.backup.join("rows.jsonl");
    let text = std::fs::read_to_string(&rows).unwrap();
    std::fs::write(&rows, text.replacen("WO-1", "WO-9", 1)).unwrap();
    let config = elsewhere(&world, world.engine, &folder.path().join("restored")).await;
    let refused = backup::restore(&config, &made.backup).await.unwrap_err();
    assert!(matches!(refused, BackupFault::BadBackup(_)), "{refused}");
});

#[tokio::test]
async fn a_damaged_page_of_the_embedded_database_is_not_backed_up() {
    let mut world = World::new(Engine::Sqlite).await;
    worked(&world).await;
    let config = world.config.clone();
    let fresh = World::empty(Engine::Sqlite).await;
    std::mem::replace(&mut world.server, fresh.server).shutdown().await;
    let file = config.data_dir.join("cordwainer.db");
    let mut bytes = std::fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..middle + 4096].fill(0x5a);
    std::fs::write(&file, bytes).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let refused = backup::make(&config, folder.path(), None, Keep::default()).await;
    assert!(refused.is_err(), "a copy of damage is no backup");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "and none is left");
}

both_engines!(a_copy_goes_to_a_second_folder_and_old_ones_are_thinned_out_in_both, world => {
    let (folder, second) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    worked(&world).await;
    let keep = Keep { all_days: 0, daily_days: 2, monthly_months: 0 };
    let mut removed = 0;
    for _ in 0..5 {
        let made = backup::make(&world.config, folder.path(), Some(second.path()), keep).await.unwrap();
        let copy = made.copy.unwrap();
        let same = |name: &str| std::fs::read(copy.join(name)).unwrap() == std::fs::read(made.backup.join(name)).unwrap();
        assert!(same("rows.jsonl") && same("manifest.json"), "the copy is the same");
        removed += made.removed.len();
        world.clock.advance(TimeDelta::days(1));
    }
    let count = |folder: &Path| std::fs::read_dir(folder).unwrap().count();
    assert_eq!((count(folder.path()), count(second.path())), (3, 3), "one a day of the last two days, and the newest");
    assert_eq!(removed, 4, "two went from each");
});
