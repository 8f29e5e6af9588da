//! The simulated disk as SQLite sees it: a VFS, spoken in C. The only module of this house that is `unsafe`.
//!
//! One VFS is registered for the process; a path names the disk. A handle keeps the boot of the disk that it was opened on, so
//! that what was open before a cut of the power answers nothing but errors afterwards.
//!
//! Long because the tables of C functions and the functions themselves are one contract, and all that is `unsafe` stays here.
#![allow(unsafe_code, reason = "SQLite asks for its disk through a C interface")]

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ffi::{CStr, c_char, c_int, c_void};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock, Weak};

use libsqlite3_sys as ffi;

use super::plan::Refused;
use super::platter::{Boot, SimDisk, find};

const NAME: &CStr = c"cordwainer-disk";
const LONGEST_PATH: c_int = 512;
/// 1 January 2026, noon, in SQLite's count of milliseconds: only the table of migrations asks, and nobody reads it.
const JULIAN_MS: i64 = 212_633_985_600_000;

/// The VFS's name; registers it first.
///
/// # Panics
/// When SQLite refuses it.
pub fn name() -> &'static str {
    static REGISTERED: OnceLock<&str> = OnceLock::new();
    REGISTERED.get_or_init(|| {
        let vfs = Box::leak(Box::new(ffi::sqlite3_vfs {
            iVersion: 2,
            szOsFile: size_of::<Handle>() as c_int,
            mxPathname: LONGEST_PATH,
            pNext: std::ptr::null_mut(),
            zName: NAME.as_ptr(),
            pAppData: std::ptr::null_mut(),
            xOpen: Some(open),
            xDelete: Some(delete),
            xAccess: Some(access),
            xFullPathname: Some(full_pathname),
            xDlOpen: None,
            xDlError: None,
            xDlSym: None,
            xDlClose: None,
            xRandomness: Some(randomness),
            xSleep: Some(sleep),
            xCurrentTime: Some(current_time),
            xGetLastError: Some(last_error),
            xCurrentTimeInt64: Some(current_time_ms),
            xSetSystemCall: None,
            xGetSystemCall: None,
            xNextSystemCall: None,
        }));
        // SAFETY: the structure lives for ever and its functions keep to the contract of `sqlite3_vfs`.
        let done = unsafe { ffi::sqlite3_vfs_register(vfs, 0) };
        assert_eq!(done, ffi::SQLITE_OK, "SQLite refuses the simulated disk");
        "cordwainer-disk"
    })
}

/// What SQLite's connections hold of a file.
#[derive(Default)]
pub(super) struct Locks {
    shared: BTreeMap<u64, c_int>,
    slots: BTreeMap<(u64, c_int), bool>,
}

impl Locks {
    /// Whether one holder may go up to a level while the others hold theirs.
    fn raise(&mut self, holder: u64, to: c_int) -> bool {
        let highest = self.shared.iter().filter(|(other, _)| **other != holder).map(|(_, level)| *level).max();
        let highest = highest.unwrap_or(ffi::SQLITE_LOCK_NONE);
        let free = match to {
            ffi::SQLITE_LOCK_SHARED => highest < ffi::SQLITE_LOCK_PENDING,
            ffi::SQLITE_LOCK_RESERVED => highest < ffi::SQLITE_LOCK_RESERVED,
            _ => highest == ffi::SQLITE_LOCK_NONE,
        };
        if free {
            self.shared.insert(holder, to);
        }
        free
    }

    fn lower(&mut self, holder: u64, to: c_int) {
        if to == ffi::SQLITE_LOCK_NONE {
            self.shared.remove(&holder);
        } else {
            self.shared.insert(holder, to);
        }
    }

    /// Takes places of the write-ahead log's index, all or none.
    fn take(&mut self, holder: u64, places: std::ops::Range<c_int>, exclusive: bool) -> bool {
        let in_the_way = |((other, place), theirs): (&(u64, c_int), &bool)| {
            *other != holder && places.contains(place) && (exclusive || *theirs)
        };
        if self.slots.iter().any(in_the_way) {
            return false;
        }
        self.slots.extend(places.map(|place| ((holder, place), exclusive)));
        true
    }

    fn give_back(&mut self, holder: u64, places: &std::ops::Range<c_int>) {
        self.slots.retain(|(other, place), _| *other != holder || !places.contains(place));
    }

    fn forget(&mut self, holder: u64) {
        self.shared.remove(&holder);
        self.slots.retain(|(other, _), _| *other != holder);
    }
}

/// The index of a write-ahead log: memory that all connections to a file share and no power cut leaves.
#[derive(Default)]
pub(super) struct SharedMemory {
    regions: Vec<*mut [u8]>,
    users: std::collections::BTreeSet<u64>,
}

// SAFETY: the pointers are to memory that only SQLite reads and writes, by its own rules for shared memory.
unsafe impl Send for SharedMemory {}

impl SharedMemory {
    fn free(&mut self) {
        for region in self.regions.drain(..) {
            // SAFETY: made by `Box::into_raw`, and no connection maps it any more.
            drop(unsafe { Box::from_raw(region) });
        }
    }
}

impl Drop for SharedMemory {
    fn drop(&mut self) {
        self.free();
    }
}

/// An open file, laid out as SQLite wants it: its own part first.
#[repr(C)]
struct Handle {
    base: ffi::sqlite3_file,
    opened: *mut Opened,
}

struct Opened {
    boot: Arc<Boot>,
    file: u64,
    holder: u64,
    /// Removed when it is closed.
    nameless: bool,
}

static METHODS: ffi::sqlite3_io_methods = ffi::sqlite3_io_methods {
    iVersion: 2,
    xClose: Some(close),
    xRead: Some(read),
    xWrite: Some(write),
    xTruncate: Some(truncate),
    xSync: Some(sync),
    xFileSize: Some(file_size),
    xLock: Some(lock),
    xUnlock: Some(unlock),
    xCheckReservedLock: Some(check_reserved_lock),
    xFileControl: Some(file_control),
    xSectorSize: Some(sector_size),
    xDeviceCharacteristics: Some(device_characteristics),
    xShmMap: Some(shm_map),
    xShmLock: Some(shm_lock),
    xShmBarrier: Some(shm_barrier),
    xShmUnmap: Some(shm_unmap),
    xFetch: None,
    xUnfetch: None,
};

static HOLDERS: AtomicU64 = AtomicU64::new(1);

thread_local! {
    /// The boot of the file that this thread's connection used last. SQLite deletes by name alone, and what was open before a
    /// cut of the power must not delete what has been made since.
    static IN_USE: RefCell<Weak<Boot>> = const { RefCell::new(Weak::new()) };
}

fn note_use(boot: &Arc<Boot>) {
    IN_USE.with(|in_use| *in_use.borrow_mut() = Arc::downgrade(boot));
}

/// Whether what this thread's connection used last has lost its power.
fn is_of_an_earlier_life() -> bool {
    IN_USE.with(|in_use| in_use.borrow().upgrade().is_some_and(|boot| boot.state().powered().is_err()))
}

fn code(outcome: Result<(), Refused>, error: c_int) -> c_int {
    match outcome {
        Ok(()) => ffi::SQLITE_OK,
        Err(Refused::Full) => ffi::SQLITE_FULL,
        Err(Refused::Error | Refused::SyncLost | Refused::Off) => error,
    }
}

/// The path that SQLite names.
unsafe fn path_of<'a>(name: *const c_char) -> Option<&'a Path> {
    if name.is_null() {
        return None;
    }
    // SAFETY: SQLite passes a terminated string that outlives the call.
    unsafe { CStr::from_ptr(name) }.to_str().ok().map(Path::new)
}

/// Where SQLite's nameless files are: they need no disk that outlives the process.
fn scratch() -> &'static SimDisk {
    static SCRATCH: OnceLock<SimDisk> = OnceLock::new();
    SCRATCH.get_or_init(SimDisk::default)
}

/// What an open file is.
unsafe fn opened<'a>(file: *mut ffi::sqlite3_file) -> &'a Opened {
    // SAFETY: SQLite passes what `open` filled in, until `close`.
    unsafe { &*(*file.cast::<Handle>()).opened }
}

unsafe extern "C" fn open(
    _: *mut ffi::sqlite3_vfs,
    name: ffi::sqlite3_filename,
    file: *mut ffi::sqlite3_file,
    flags: c_int,
    out_flags: *mut c_int,
) -> c_int {
    let handle = file.cast::<Handle>();
    // SAFETY: SQLite hands over `szOsFile` bytes; without methods it does not call `close` after a failure.
    unsafe { (*handle).base.pMethods = std::ptr::null() };
    // SAFETY: as SQLite passes it.
    let path = unsafe { path_of(name) };
    let nameless = path.is_none();
    let (boot, id) = match path.map(find) {
        None => {
            let boot = scratch().boot();
            let id = boot.state().open_nameless();
            (boot, Ok(Some(id)))
        }
        Some(None) => return ffi::SQLITE_CANTOPEN,
        Some(Some((disk, name))) => {
            let boot = disk.boot();
            let id = boot.state().open(&name, flags & ffi::SQLITE_OPEN_CREATE != 0);
            (boot, id)
        }
    };
    let id = match id {
        Ok(Some(id)) => id,
        Ok(None) => return ffi::SQLITE_CANTOPEN,
        Err(refused) => return code(Err(refused), ffi::SQLITE_IOERR),
    };
    let holder = HOLDERS.fetch_add(1, Ordering::Relaxed);
    note_use(&boot);
    let opened = Box::new(Opened { boot, file: id, holder, nameless });
    // SAFETY: as above; the box is taken back by `close`.
    unsafe {
        (*handle).opened = Box::into_raw(opened);
        (*handle).base.pMethods = &raw const METHODS;
        if !out_flags.is_null() {
            *out_flags = flags;
        }
    }
    ffi::SQLITE_OK
}

unsafe extern "C" fn close(file: *mut ffi::sqlite3_file) -> c_int {
    // SAFETY: made by `open`, closed once.
    let opened = unsafe { Box::from_raw((*file.cast::<Handle>()).opened) };
    let mut state = opened.boot.state();
    state.file(opened.file).locks.forget(opened.holder);
    if opened.nameless {
        state.forget(opened.file);
    }
    ffi::SQLITE_OK
}

unsafe extern "C" fn read(file: *mut ffi::sqlite3_file, into: *mut c_void, length: c_int, at: i64) -> c_int {
    // SAFETY: an open file, and a buffer of that length.
    let (opened, into) = unsafe { (opened(file), std::slice::from_raw_parts_mut(into.cast::<u8>(), length as usize)) };
    let mut state = opened.boot.state();
    if state.powered().is_err() {
        return ffi::SQLITE_IOERR_READ;
    }
    let bytes = state.file(opened.file).content.bytes();
    let start = (at as usize).min(bytes.len());
    let end = (start + into.len()).min(bytes.len());
    let (full, rest) = into.split_at_mut(end - start);
    full.copy_from_slice(&bytes[start..end]);
    rest.fill(0);
    if rest.is_empty() { ffi::SQLITE_OK } else { ffi::SQLITE_IOERR_SHORT_READ }
}

unsafe extern "C" fn write(file: *mut ffi::sqlite3_file, bytes: *const c_void, length: c_int, at: i64) -> c_int {
    // SAFETY: an open file, and a buffer of that length.
    let (opened, bytes) = unsafe { (opened(file), std::slice::from_raw_parts(bytes.cast::<u8>(), length as usize)) };
    let done = opened.boot.state().write(opened.file, at as usize, bytes);
    code(done, ffi::SQLITE_IOERR_WRITE)
}

unsafe extern "C" fn truncate(file: *mut ffi::sqlite3_file, length: i64) -> c_int {
    // SAFETY: an open file.
    let opened = unsafe { opened(file) };
    let done = opened.boot.state().set_length(opened.file, length as usize);
    code(done, ffi::SQLITE_IOERR_TRUNCATE)
}

unsafe extern "C" fn sync(file: *mut ffi::sqlite3_file, _: c_int) -> c_int {
    // SAFETY: an open file.
    let opened = unsafe { opened(file) };
    let done = opened.boot.state().sync(opened.file);
    code(done, ffi::SQLITE_IOERR_FSYNC)
}

unsafe extern "C" fn file_size(file: *mut ffi::sqlite3_file, size: *mut i64) -> c_int {
    // SAFETY: an open file, and a place for the answer.
    unsafe {
        let opened = opened(file);
        *size = opened.boot.state().file(opened.file).content.length() as i64;
    }
    ffi::SQLITE_OK
}

unsafe extern "C" fn lock(file: *mut ffi::sqlite3_file, level: c_int) -> c_int {
    // SAFETY: an open file.
    let opened = unsafe { opened(file) };
    note_use(&opened.boot);
    let mut state = opened.boot.state();
    if state.powered().is_err() {
        return ffi::SQLITE_IOERR_LOCK;
    }
    let free = state.file(opened.file).locks.raise(opened.holder, level);
    if free { ffi::SQLITE_OK } else { ffi::SQLITE_BUSY }
}

unsafe extern "C" fn unlock(file: *mut ffi::sqlite3_file, level: c_int) -> c_int {
    // SAFETY: an open file.
    let opened = unsafe { opened(file) };
    opened.boot.state().file(opened.file).locks.lower(opened.holder, level);
    ffi::SQLITE_OK
}

unsafe extern "C" fn check_reserved_lock(file: *mut ffi::sqlite3_file, answer: *mut c_int) -> c_int {
    // SAFETY: an open file, and a place for the answer.
    unsafe {
        let opened = opened(file);
        let state = &mut opened.boot.state();
        let reserved = |level: &c_int| *level >= ffi::SQLITE_LOCK_RESERVED;
        *answer = c_int::from(state.file(opened.file).locks.shared.values().any(reserved));
    }
    ffi::SQLITE_OK
}

unsafe extern "C" fn file_control(_: *mut ffi::sqlite3_file, _: c_int, _: *mut c_void) -> c_int {
    ffi::SQLITE_NOTFOUND
}

unsafe extern "C" fn sector_size(_: *mut ffi::sqlite3_file) -> c_int {
    4096
}

unsafe extern "C" fn device_characteristics(_: *mut ffi::sqlite3_file) -> c_int {
    ffi::SQLITE_IOCAP_POWERSAFE_OVERWRITE
}

unsafe extern "C" fn shm_map(
    file: *mut ffi::sqlite3_file,
    region: c_int,
    size: c_int,
    extend: c_int,
    answer: *mut *mut c_void,
) -> c_int {
    // SAFETY: an open file.
    let opened = unsafe { opened(file) };
    let mut state = opened.boot.state();
    if state.powered().is_err() {
        return ffi::SQLITE_IOERR_SHMMAP;
    }
    let shared = &mut state.file(opened.file).shared;
    shared.users.insert(opened.holder);
    let region = region as usize;
    while extend != 0 && shared.regions.len() <= region {
        shared.regions.push(Box::into_raw(vec![0_u8; size as usize].into_boxed_slice()));
    }
    let memory = shared.regions.get(region).map_or(std::ptr::null_mut(), |memory| memory.cast::<c_void>());
    // SAFETY: a place for the answer; the memory stays where it is until nobody maps it.
    unsafe { *answer = memory };
    ffi::SQLITE_OK
}

unsafe extern "C" fn shm_lock(file: *mut ffi::sqlite3_file, first: c_int, count: c_int, flags: c_int) -> c_int {
    // SAFETY: an open file.
    let opened = unsafe { opened(file) };
    let mut state = opened.boot.state();
    let locks = &mut state.file(opened.file).locks;
    let places = first..first + count;
    if flags & ffi::SQLITE_SHM_UNLOCK != 0 {
        locks.give_back(opened.holder, &places);
        return ffi::SQLITE_OK;
    }
    let free = locks.take(opened.holder, places, flags & ffi::SQLITE_SHM_EXCLUSIVE != 0);
    if free { ffi::SQLITE_OK } else { ffi::SQLITE_BUSY }
}

unsafe extern "C" fn shm_barrier(_: *mut ffi::sqlite3_file) {
    std::sync::atomic::fence(Ordering::SeqCst);
}

unsafe extern "C" fn shm_unmap(file: *mut ffi::sqlite3_file, _: c_int) -> c_int {
    // SAFETY: an open file.
    let opened = unsafe { opened(file) };
    let mut state = opened.boot.state();
    let shared = &mut state.file(opened.file).shared;
    shared.users.remove(&opened.holder);
    if shared.users.is_empty() {
        shared.free();
    }
    ffi::SQLITE_OK
}

unsafe extern "C" fn delete(_: *mut ffi::sqlite3_vfs, name: *const c_char, sync_folder: c_int) -> c_int {
    // SAFETY: as SQLite passes it.
    let Some((disk, name)) = unsafe { path_of(name) }.and_then(find) else { return ffi::SQLITE_IOERR_DELETE };
    if is_of_an_earlier_life() {
        return ffi::SQLITE_IOERR_DELETE;
    }
    let boot = disk.boot();
    let mut state = boot.state();
    match state.remove(&name) {
        Ok(true) if sync_folder != 0 => code(state.sync_names(), ffi::SQLITE_IOERR_DIR_FSYNC),
        Ok(true) => ffi::SQLITE_OK,
        Ok(false) => ffi::SQLITE_IOERR_DELETE_NOENT,
        Err(refused) => code(Err(refused), ffi::SQLITE_IOERR_DELETE),
    }
}

unsafe extern "C" fn access(_: *mut ffi::sqlite3_vfs, name: *const c_char, _: c_int, answer: *mut c_int) -> c_int {
    // SAFETY: as SQLite passes it, with a place for the answer.
    unsafe {
        let found = path_of(name).and_then(find);
        *answer = c_int::from(found.is_some_and(|(disk, name)| disk.boot().state().id_of(&name).is_some()));
    }
    ffi::SQLITE_OK
}

unsafe extern "C" fn full_pathname(
    _: *mut ffi::sqlite3_vfs,
    name: *const c_char,
    length: c_int,
    into: *mut c_char,
) -> c_int {
    // SAFETY: a terminated string, and room for `length` bytes.
    unsafe {
        let bytes = CStr::from_ptr(name).to_bytes_with_nul();
        if bytes.len() > length as usize {
            return ffi::SQLITE_CANTOPEN;
        }
        std::ptr::copy_nonoverlapping(bytes.as_ptr().cast::<c_char>(), into, bytes.len());
    }
    ffi::SQLITE_OK
}

unsafe extern "C" fn randomness(_: *mut ffi::sqlite3_vfs, length: c_int, into: *mut c_char) -> c_int {
    // SAFETY: room for `length` bytes.
    let into = unsafe { std::slice::from_raw_parts_mut(into.cast::<u8>(), length as usize) };
    crate::chance::Chance::new(1).fill(into);
    length
}

/// Whoever waits for a lock waits for another thread of this process, which needs the processor.
unsafe extern "C" fn sleep(_: *mut ffi::sqlite3_vfs, microseconds: c_int) -> c_int {
    std::thread::yield_now();
    microseconds
}

unsafe extern "C" fn current_time(_: *mut ffi::sqlite3_vfs, answer: *mut f64) -> c_int {
    // SAFETY: a place for the answer.
    unsafe { *answer = JULIAN_MS as f64 / 86_400_000.0 };
    ffi::SQLITE_OK
}

unsafe extern "C" fn current_time_ms(_: *mut ffi::sqlite3_vfs, answer: *mut i64) -> c_int {
    // SAFETY: a place for the answer.
    unsafe { *answer = JULIAN_MS };
    ffi::SQLITE_OK
}

unsafe extern "C" fn last_error(_: *mut ffi::sqlite3_vfs, _: c_int, _: *mut c_char) -> c_int {
    0
}
