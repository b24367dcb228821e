/* SPDX-License-Identifier: Apache-2.0 */
/* Fibers: the only file that switches stacks.
 *
 * Why not swapcontext alone: it saves and restores the signal mask, two system calls a switch, and
 * nothing here changes the mask between switches. Measured on x86-64 (gcc 12, -O2, a yield and a
 * resume together): swapcontext 550 ns, the switch below 30 ns. _setjmp/_longjmp was the other way
 * out, but _FORTIFY_SOURCE aborts a longjmp to another stack. So x86-64 has its own switch of
 * fourteen instructions, and every other machine, and -DFIBER_UCONTEXT, uses ucontext.
 *
 * What is difficult here: AddressSanitizer and ThreadSanitizer must be told of every switch, before
 * and after it. */

#include "fiber.h"

#include <assert.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#if !defined(__x86_64__) && !defined(FIBER_UCONTEXT)
#define FIBER_UCONTEXT 1
#endif

#ifdef FIBER_UCONTEXT
#include <ucontext.h>
#endif

#ifdef __SANITIZE_ADDRESS__
#define FIBER_ASAN 1
#endif
#ifdef __SANITIZE_THREAD__
#define FIBER_TSAN 1
#endif
#ifdef __has_feature
#if __has_feature(address_sanitizer)
#define FIBER_ASAN 1
#endif
#if __has_feature(thread_sanitizer)
#define FIBER_TSAN 1
#endif
#endif

#ifdef FIBER_ASAN
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif
#ifdef FIBER_TSAN
#include <sanitizer/tsan_interface.h>
#endif

struct fiber {
    struct fiber_pool *pool;
    struct fiber *next; /* in the pool's list of idle ones */
    void (*work)(struct fiber *self, void *world);
    void *world;
    unsigned char *memory; /* guard page, then the stack */
    bool ended;
#ifdef FIBER_UCONTEXT
    ucontext_t here, loop;
#else
    void *here, *loop; /* stack pointers, the registers lie on top of the stacks */
#endif
#ifdef FIBER_ASAN
    void *fake_here, *fake_loop;
    const void *loop_bottom;
    size_t loop_size;
#endif
#ifdef FIBER_TSAN
    void *tsan_here, *tsan_loop;
#endif
};

struct fiber_pool {
    struct fiber *idle;
    uint32_t idle_count, running, keep, limit;
    size_t page;
    struct fiber *current;
};

/* ---- the switch itself ---- */

static void fiber_main(struct fiber *f);

#ifndef FIBER_UCONTEXT
/* Saves what a called function must keep (System V x86-64) on this stack, notes where, and takes up
 * the other stack. The control words of SSE and x87 are left alone: nothing here changes them. */
void rehabd_switch_stack(void **from, void *to);
void rehabd_begin_stack(void);
__asm__(".text\n"
        ".p2align 4\n"
        ".globl rehabd_switch_stack\n"
        ".hidden rehabd_switch_stack\n"
        ".type rehabd_switch_stack, @function\n"
        "rehabd_switch_stack:\n"
        "    .cfi_startproc\n"
        "    pushq %rbp\n"
        "    pushq %rbx\n"
        "    pushq %r12\n"
        "    pushq %r13\n"
        "    pushq %r14\n"
        "    pushq %r15\n"
        "    movq %rsp, (%rdi)\n"
        "    movq %rsi, %rsp\n"
        "    popq %r15\n"
        "    popq %r14\n"
        "    popq %r13\n"
        "    popq %r12\n"
        "    popq %rbx\n"
        "    popq %rbp\n"
        "    ret\n"
        "    .cfi_endproc\n"
        ".size rehabd_switch_stack, .-rehabd_switch_stack\n"
        /* the first return of a new stack leads here: fiber in r12, fiber_main in r13 */
        ".p2align 4\n"
        ".globl rehabd_begin_stack\n"
        ".hidden rehabd_begin_stack\n"
        ".type rehabd_begin_stack, @function\n"
        "rehabd_begin_stack:\n"
        "    .cfi_startproc\n"
        "    .cfi_undefined rip\n" /* the bottom of every backtrace */
        "    movq %r12, %rdi\n"
        "    callq *%r13\n"
        "    ud2\n"
        "    .cfi_endproc\n"
        ".size rehabd_begin_stack, .-rehabd_begin_stack\n");

static void prepare(struct fiber *f)
{
    unsigned char *top = f->memory + f->pool->page + FIBER_STACK;
    uintptr_t *at = (uintptr_t *)(void *)(top - 72);
    at[0] = at[1] = 0;             /* r15 r14 */
    at[2] = (uintptr_t)fiber_main; /* r13 */
    at[3] = (uintptr_t)f;          /* r12 */
    at[4] = at[5] = 0;             /* rbx rbp */
    at[6] = (uintptr_t)
        rehabd_begin_stack; /* where the switch returns to, with the stack aligned to 16 */
    at[7] = 0;
    f->here = at;
}

static void switch_in(struct fiber *f)
{
    rehabd_switch_stack(&f->loop, f->here);
}

static void switch_out(struct fiber *f)
{
    rehabd_switch_stack(&f->here, f->loop);
}
#else
/* makecontext passes ints only */
static void begin(unsigned int high, unsigned int low)
{
    fiber_main((struct fiber *)(((uintptr_t)high << 32) | low));
}

static void prepare(struct fiber *f)
{
    uintptr_t self = (uintptr_t)f;
    getcontext(&f->here);
    f->here.uc_stack.ss_sp = f->memory + f->pool->page;
    f->here.uc_stack.ss_size = FIBER_STACK;
    f->here.uc_link = NULL;
    makecontext(&f->here, (void (*)(void))begin, 2, (unsigned int)(self >> 32), (unsigned int)self);
}

static void switch_in(struct fiber *f)
{
    swapcontext(&f->loop, &f->here);
}

static void switch_out(struct fiber *f)
{
    swapcontext(&f->here, &f->loop);
}
#endif

/* ---- what the sanitizers are told ---- */

static void enter(struct fiber *f)
{
    f->pool->current = f;
#ifdef FIBER_TSAN
    f->tsan_loop = __tsan_get_current_fiber();
    __tsan_switch_to_fiber(f->tsan_here, 0);
#endif
#ifdef FIBER_ASAN
    __sanitizer_start_switch_fiber(&f->fake_loop, f->memory + f->pool->page, FIBER_STACK);
#endif
    switch_in(f);
#ifdef FIBER_ASAN
    __sanitizer_finish_switch_fiber(f->fake_loop, NULL, NULL);
#endif
    f->pool->current = NULL;
}

static void leave(struct fiber *f)
{
#ifdef FIBER_TSAN
    __tsan_switch_to_fiber(f->tsan_loop, 0);
#endif
#ifdef FIBER_ASAN
    /* an ending fiber has no fake stack to come back to */
    __sanitizer_start_switch_fiber(f->ended ? NULL : &f->fake_here, f->loop_bottom, f->loop_size);
#endif
    switch_out(f);
#ifdef FIBER_ASAN
    __sanitizer_finish_switch_fiber(f->fake_here, &f->loop_bottom, &f->loop_size);
#endif
}

static void fiber_main(struct fiber *f)
{
#ifdef FIBER_ASAN
    __sanitizer_finish_switch_fiber(NULL, &f->loop_bottom, &f->loop_size);
#endif
    f->work(f, f->world);
    f->ended = true;
    leave(f);
    abort(); /* an ended fiber was resumed */
}

/* ---- stacks ---- */

static void destroy(struct fiber *f)
{
#ifdef FIBER_TSAN
    __tsan_destroy_fiber(f->tsan_here);
#endif
    munmap(f->memory, f->pool->page + FIBER_STACK);
    free(f);
}

static struct fiber *create(struct fiber_pool *pool)
{
    struct fiber *f = calloc(1, sizeof *f);
    if (f == NULL) return NULL;
    f->pool = pool;
    f->memory = mmap(NULL, pool->page + FIBER_STACK, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
    if (f->memory == MAP_FAILED) {
        free(f);
        return NULL;
    }
    if (mprotect(f->memory, pool->page, PROT_NONE) != 0) {
        munmap(f->memory, pool->page + FIBER_STACK);
        free(f);
        return NULL;
    }
#ifdef FIBER_TSAN
    f->tsan_here = __tsan_create_fiber(0);
#endif
    return f;
}

static void put_back(struct fiber *f)
{
    struct fiber_pool *pool = f->pool;
    pool->running--;
    if (pool->idle_count >= pool->keep) {
        destroy(f);
        return;
    }
#ifdef FIBER_ASAN
    /* the frames that ended with the fiber never returned: clear what they left poisoned */
    __asan_unpoison_memory_region(f->memory + pool->page, FIBER_STACK);
#endif
    f->next = pool->idle;
    pool->idle = f;
    pool->idle_count++;
}

/* ---- the door ---- */

struct fiber_pool *fiber_pool_open(uint32_t keep, uint32_t limit)
{
    struct fiber_pool *pool = calloc(1, sizeof *pool);
    if (pool == NULL) return NULL;
    pool->keep = keep;
    pool->limit = limit;
    pool->page = (size_t)sysconf(_SC_PAGESIZE);
    return pool;
}

void fiber_pool_close(struct fiber_pool *pool)
{
    if (pool == NULL) return;
    assert(pool->running == 0);
    while (pool->idle != NULL) {
        struct fiber *f = pool->idle;
        pool->idle = f->next;
        destroy(f);
    }
    free(pool);
}

bool fiber_start(struct fiber_pool *pool, void (*work)(struct fiber *self, void *world),
                 void *world)
{
    assert(pool->current == NULL);
    if (pool->running >= pool->limit) return false;
    struct fiber *f = pool->idle;
    if (f != NULL) {
        pool->idle = f->next;
        pool->idle_count--;
    } else if ((f = create(pool)) == NULL) {
        return false;
    }
    f->work = work;
    f->world = world;
    f->ended = false;
    pool->running++;
    prepare(f);
    fiber_resume(f);
    return true;
}

void fiber_yield(struct fiber *self)
{
    assert(self->pool->current == self);
    leave(self);
}

void fiber_resume(struct fiber *fiber)
{
    assert(fiber->pool->current == NULL && !fiber->ended);
    enter(fiber);
    if (fiber->ended) put_back(fiber);
}

uint32_t fiber_count(const struct fiber_pool *pool)
{
    return pool->running;
}
