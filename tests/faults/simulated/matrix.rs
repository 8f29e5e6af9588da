//! Rows of the fault matrix as short programs.

use cordwainer_faults::matrix::play;

fn row(number: u32) {
    match play(number) {
        Ok(count) => assert!(count > 0, "row {number} has no program"),
        Err((steps, failure)) => {
            panic!("row {number} breaks a rule after step {}: {}\n{steps:#?}", failure.after, failure.violation)
        }
    }
}

#[test]
fn power_lost_at_every_operation_of_recording_loses_nothing_that_was_confirmed() {
    row(1);
}

#[test]
fn power_lost_while_a_station_closes_and_opens_its_files_loses_nothing() {
    row(4);
}

#[test]
fn power_lost_at_every_operation_of_a_page_leaves_rows_and_cursor_together() {
    row(5);
}

#[test]
fn power_lost_while_a_damaged_cache_is_filled_again_leaves_the_outbox_alone() {
    row(6);
}

#[test]
fn a_torn_write_costs_nothing_that_was_confirmed() {
    row(8);
}

#[test]
fn a_sync_that_fails_is_told_or_made_good() {
    row(9);
}

#[test]
fn a_rotten_outbox_with_two_hundred_waiting_actions_is_made_again() {
    row(18);
}

#[test]
fn a_station_restored_from_an_image_goes_on_under_a_new_life() {
    row(23);
}

#[test]
fn a_clone_that_sends_second_loses_nothing() {
    row(24);
}

#[test]
fn a_clone_that_sends_first_loses_nothing() {
    row(25);
}

#[test]
fn a_server_restored_from_a_backup_is_offered_everything_again() {
    row(28);
}

#[test]
fn replies_that_are_lost_double_nothing() {
    row(32);
}

#[test]
fn pushes_that_arrive_long_after_newer_ones_change_nothing() {
    row(34);
}

#[test]
fn a_line_that_comes_and_goes_for_ten_minutes_loses_nothing() {
    row(37);
}

#[test]
fn a_station_with_a_wrong_clock_keeps_its_order_and_goes_on() {
    row(60);
}
