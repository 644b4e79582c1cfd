"""The numbers of the system calls that the filter names (and of seccomp itself), for each machine.

Generated from the kernel's ``asm/unistd_64.h`` and ``asm-generic/unistd.h`` (Linux 6.1). They
never change.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Machine:
    """One machine: its name in ``linux/audit.h`` and its call numbers."""

    audit_arch: int
    has_x32: bool
    calls: dict[str, int]


def _table(text: str) -> dict[str, int]:
    pairs = (pair.partition("=") for pair in text.split())
    return {name: int(number) for name, _, number in pairs}


_X86_64 = _table("""
access=21 bind=49 brk=12 chmod=90 clock_getres=229 clock_gettime=228 clock_nanosleep=230
clone=56 clone3=435 close=3 connect=42 dup=32 epoll_create1=291 eventfd2=290 exit=60
exit_group=231 faccessat=269 faccessat2=439 fadvise64=221 fallocate=285 fchmod=91 fcntl=72
fork=57 fstat=5 fstatfs=138 fsync=74 ftruncate=77 futex=202 getcpu=309 getcwd=79
getdents64=217 getegid=108 geteuid=107 getgid=104 getpeername=52 getpid=39 getppid=110
getrandom=318 getrusage=98 getsockname=51 getsockopt=55 gettid=186 gettimeofday=96
getuid=102 ioctl=16 kill=62 listen=50 lseek=8 lstat=6 madvise=28 membarrier=324
memfd_create=319 mincore=27 mkdir=83 mkdirat=258 mlock=149 mlock2=325 mmap=9 mprotect=10
mremap=25 munmap=11 nanosleep=35 newfstatat=262 open=2 openat=257 openat2=437 pipe2=293
poll=7 ppoll=271 prctl=157 pread64=17 preadv=295 prlimit64=302 pselect6=270 pwrite64=18
read=0 readlink=89 readlinkat=267 readv=19 recvfrom=45 recvmsg=47 rename=82 renameat=264
renameat2=316 restart_syscall=219 rmdir=84 rseq=334 rt_sigaction=13 rt_sigprocmask=14
rt_sigreturn=15 sched_getaffinity=204 sched_setaffinity=203 sched_yield=24 seccomp=317 select=23
sendmsg=46 sendto=44 set_robust_list=273 setsockopt=54 shutdown=48 sigaltstack=131 socket=41
socketpair=53 stat=4 statfs=137 statx=332 sysinfo=99 tgkill=234 time=201 uname=63 unlink=87
unlinkat=263 utimensat=280 vfork=58 write=1 writev=20
""")

_AARCH64 = _table("""
bind=200 brk=214 clock_getres=114 clock_gettime=113 clock_nanosleep=115 clone=220 clone3=435
close=57 connect=203 dup=23 epoll_create1=20 eventfd2=19 exit=93 exit_group=94 faccessat=48
faccessat2=439 fadvise64=223 fallocate=47 fchmod=52 fcntl=25 fstat=80 fstatfs=44 fsync=82
ftruncate=46 futex=98 getcpu=168 getcwd=17 getdents64=61 getegid=177 geteuid=175 getgid=176
getpeername=205 getpid=172 getppid=173 getrandom=278 getrusage=165 getsockname=204
getsockopt=209 gettid=178 gettimeofday=169 getuid=174 ioctl=29 kill=129 listen=201 lseek=62
madvise=233 membarrier=283 memfd_create=279 mincore=232 mkdirat=34 mlock=228 mlock2=284
mmap=222 mprotect=226 mremap=216 munmap=215 nanosleep=101 newfstatat=79 openat=56
openat2=437 pipe2=59 ppoll=73 prctl=167 pread64=67 preadv=69 prlimit64=261 pselect6=72
pwrite64=68 read=63 readlinkat=78 readv=65 recvfrom=207 recvmsg=212 renameat=38
renameat2=276 restart_syscall=128 rseq=293 rt_sigaction=134 rt_sigprocmask=135
rt_sigreturn=139 sched_getaffinity=123 sched_setaffinity=122 sched_yield=124 seccomp=277 sendmsg=211
sendto=206 set_robust_list=99 setsockopt=208 shutdown=210 sigaltstack=132 socket=198
socketpair=199 statfs=43 statx=291 sysinfo=179 tgkill=131 uname=160 unlinkat=35 utimensat=88
write=64 writev=66
""")

MACHINES: dict[str, Machine] = {
    "x86_64": Machine(audit_arch=0xC000003E, has_x32=True, calls=_X86_64),
    "aarch64": Machine(audit_arch=0xC00000B7, has_x32=False, calls=_AARCH64),
}
"""The machines that have a filter, by the name that ``uname -m`` gives."""
